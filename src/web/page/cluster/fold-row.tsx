import { ChevronRight } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { Operation, Step } from 'stepcast/client';
import { inWords } from '../ui/durations.js';
import { LookIcon } from '../ui/icon.js';
import { secondsInto } from './timeline.js';
import styles from './timeline.module.css';

export interface FoldRowProps {
  /** Two or more that follow one another. */
  readonly steps: readonly Step[];
  readonly operation: Operation;
  readonly onUnfold: (firstId: string) => void;
}

/** Steps that succeeded, as one row. */
export function FoldRow({ steps, operation, onUnfold }: FoldRowProps) {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first?.startedAt || !last) return null;
  const start = secondsInto(operation, first.startedAt);
  const end = last.completedAt === null ? start : secondsInto(operation, last.completedAt);
  const place = { '--s': start, '--e': end } as CSSProperties;
  return (
    <tr className={styles.row} data-look="succeeded">
      <th scope="row" className={styles.name}>
        <LookIcon look="succeeded" />
        <button
          type="button"
          className={`link-button ${styles.link}`}
          aria-expanded="false"
          onClick={() => onUnfold(first.id)}
        >
          {first.position + 1}–{last.position + 1}: {steps.length} steps
          <ChevronRight size={14} aria-hidden="true" />
        </button>
      </th>
      <td className={styles.area}>
        <span className={styles.lane} aria-hidden="true">
          <span className={`${styles.own} ${styles.succeeded}`} style={place} />
        </span>
      </td>
      <td className={styles.state}>
        <span className={styles.word}>succeeded</span>
      </td>
      <td className={styles.duration}>{inWords((end - start) * 1_000)}</td>
    </tr>
  );
}
