import type { Event } from 'stepcast/client';
import { useStore } from '../live/store.js';
import { zone } from '../ui/settings.js';
import { clockTime } from '../ui/times.js';
import styles from './divider.module.css';
import type { LeftAt } from './use-left-at.js';

/** A line between what the reader has seen and what came while they were away. `top`: of the rows, in pixels. */
export function Divider(props: { leftAt: LeftAt; rows: readonly Event[]; top: number; rowHeight: number }) {
  const { leftAt, rows, top, rowHeight } = props;
  const inZone = useStore(zone);
  const next = rows.findIndex(({ id }) => id === leftAt.event) + 1;
  const missed = next > 0 ? rows[next] : undefined;
  if (!missed || Date.parse(missed.createdAt) > leftAt.to) return null;
  return (
    <p className={styles.divider} style={{ top: top + next * rowHeight }}>
      <span>
        While you were away, {clockTime(leftAt.from, inZone)} to {clockTime(leftAt.to, inZone)}
      </span>
    </p>
  );
}
