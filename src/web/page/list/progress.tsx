import type { ListedCluster } from 'stepcast/client';
import { ProgressBar } from '../ui/progress-bar.js';
import styles from './cluster-table.module.css';
import { type ClusterLook, clusterLook } from './order.js';
import { Cell } from './table-parts.js';
import { shares } from './words.js';

const colours: { readonly [look in ClusterLook]?: string | undefined } = {
  succeeded: styles.succeeded,
  stalled: styles.still,
};

/** How far a cluster's newest operation is. */
export function Progress({ cluster }: { cluster: ListedCluster }) {
  const share = shares(cluster);
  return (
    <Cell className={`${styles.progress} ${colours[clusterLook(cluster)] ?? ''}`}>
      {share && (
        <ProgressBar
          completed={share.completed}
          failed={share.failed}
          total={100}
          noun="%"
          label="progress of the operation"
          text={`${share.percent}%`}
        />
      )}
    </Cell>
  );
}
