import type { ListedCluster } from 'stepcast/client';
import { useNow } from '../live/clock.js';
import { inWords } from '../ui/durations.js';
import { Time } from '../ui/time.js';
import styles from './cluster-table.module.css';
import { type ClusterLook, clusterLook } from './order.js';
import { Cell } from './table-parts.js';
import { lookWords, stepWords } from './words.js';

/** What a narrow row needs no word for: it is seen from the rest. */
const plain: ReadonlySet<ClusterLook> = new Set(['none', 'running', 'failing', 'succeeded', 'stalled']);

/** `5/9 Waiting for ssh 998/1000 1 failed stalled 9 min`: where the operation is, and what is the matter with it. */
export function StepCell({ cluster, isGone }: { cluster: ListedCluster; isGone: boolean }) {
  const { place, name, count, failed, reason } = stepWords(cluster);
  const look = clusterLook(cluster);
  const stalledSince = cluster.lastOperation?.stalledSince ?? null;
  return (
    <Cell className={styles.step}>
      {!plain.has(look) && <span className={styles.narrow}>{lookWords[look]}</span>}{' '}
      {place && <span className={styles.place}>{place}</span>}{' '}
      <span className={styles.words} dir="auto">
        {name}
      </span>{' '}
      {count && <span className={styles.count}>{count}</span>}{' '}
      {failed && <span className={styles.failed}>{failed}</span>} {stalledSince && <Stalled since={stalledSince} />}
      {reason && (
        <span className={styles.reason} dir="auto" data-tip={reason}>
          {reason}
        </span>
      )}
      {isGone && <span className={styles.note}>deleted, or not in this list any more</span>}
    </Cell>
  );
}

/** To the minute, from the first one on. */
const roughly = (milliseconds: number) =>
  milliseconds < 60_000 ? milliseconds : Math.floor(milliseconds / 60_000) * 60_000;

function Stalled({ since }: { since: string }) {
  const now = useNow();
  return (
    <span className={styles.stalled}>
      stalled{' '}
      {now === null ? (
        <>
          since <Time at={since} isFocusable={false} />
        </>
      ) : (
        inWords(roughly(now - Date.parse(since)))
      )}
    </span>
  );
}
