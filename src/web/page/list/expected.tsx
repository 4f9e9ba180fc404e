import type { ListedCluster } from 'stepcast/client';
import { client } from '../live/client.js';
import { useNow } from '../live/clock.js';
import styles from './cluster-table.module.css';
import { Cell } from './table-parts.js';
import { rangeWords } from './words.js';

/** When a running operation will be done, as far as that is known; nothing while the page is not current. */
export function Expected({ cluster: { lastOperation } }: { cluster: ListedCluster }) {
  const now = useNow();
  const { estimate } = lastOperation ?? {};
  const isKnown = lastOperation?.state === 'RUNNING' && estimate && now !== null;
  return (
    <Cell className={styles.expected}>
      {isKnown && rangeWords(client.clock.until(estimate.earliest), client.clock.until(estimate.latest))}
    </Cell>
  );
}
