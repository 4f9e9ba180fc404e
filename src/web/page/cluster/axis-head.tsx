import type { CSSProperties } from 'react';
import { useStore } from '../live/store.js';
import { zone } from '../ui/settings.js';
import { clockTime } from '../ui/times.js';
import { tickLabel, ticks } from './axis.js';
import styles from './timeline.module.css';

export interface AxisHeadProps {
  /** Seconds that are shown. */
  readonly domain: number;
  /** When they begin. */
  readonly startedAt: string;
}

/** The table's head, with the axis of time. */
export function AxisHead({ domain, startedAt }: AxisHeadProps) {
  const inZone = useStore(zone);
  const labels = ticks(domain);
  const tick = { '--tick': labels[1] ?? domain } as CSSProperties;
  return (
    <thead className={styles.head} style={tick}>
      <tr className={styles.row}>
        <th scope="col" className={styles.name}>
          Step
        </th>
        <th scope="col" className={styles.area}>
          <span className="visually-hidden">Time since the beginning</span>
          <span className={styles.axis} aria-hidden="true">
            {labels.map((at) => (
              <span
                key={at}
                className={styles.tick}
                style={{ '--s': at } as CSSProperties}
                data-tip={clockTime(Date.parse(startedAt) + at * 1_000, inZone)}
              >
                {tickLabel(at)}
              </span>
            ))}
            <span className={styles.nowLabel}>now</span>
          </span>
        </th>
        <th scope="col" className={styles.state}>
          State
        </th>
        <th scope="col" className={styles.duration}>
          Duration
        </th>
      </tr>
    </thead>
  );
}
