import { ChevronRight } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { Operation, Step } from 'stepcast/client';
import { inWords } from '../ui/durations.js';
import { LookIcon } from '../ui/icon.js';
import { lookWords } from '../ui/state-words.js';
import type { Quiet } from './rows.js';
import { secondsInto } from './timeline.js';
import styles from './timeline.module.css';

export interface FoldRowProps {
  /** That of all of them. */
  readonly look: Quiet;
  /** Two or more that follow one another. */
  readonly steps: readonly Step[];
  readonly operation: Operation;
  readonly onUnfold: (firstId: string) => void;
}

/** Steps of which there is nothing to see for now, as one row. */
export function FoldRow({ look, steps, operation, onUnfold }: FoldRowProps) {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return null;
  const start = first.startedAt === null ? null : secondsInto(operation, first.startedAt);
  const end = last.completedAt === null ? null : secondsInto(operation, last.completedAt);
  const hasTime = start !== null && end !== null;
  return (
    <tr className={styles.row} data-look={look}>
      <th scope="row" className={styles.name}>
        <LookIcon look={look} />
        <button
          type="button"
          className={`link-button ${styles.link} ${styles.fold}`}
          aria-expanded="false"
          onClick={() => onUnfold(first.id)}
        >
          {first.position + 1}–{last.position + 1}: {steps.length} steps
          <ChevronRight size={14} aria-hidden="true" />
        </button>
      </th>
      <td className={styles.area}>
        <span className={styles.lane} aria-hidden="true">
          {hasTime && (
            <span
              className={`${styles.own} ${styles.succeeded}`}
              style={{ '--s': start, '--e': end } as CSSProperties}
            />
          )}
        </span>
      </td>
      <td className={styles.state}>
        <span className={styles.word}>{lookWords[look]}</span>
      </td>
      <td className={styles.duration}>{hasTime && inWords((end - start) * 1_000)}</td>
    </tr>
  );
}
