import { LookIcon } from '../ui/icon.js';
import type { StepProps } from './step-props.js';
import { inFigures, missingWords, notReported } from './unit-words.js';
import styles from './units.module.css';

/** How many units stand how: `998 done, 1 failed, 1 not reported yet`. */
export function Counts({ step, operation }: StepProps) {
  const missing = notReported(step);
  return (
    <ul className={styles.counts} aria-label="Units by state">
      <li>
        <LookIcon look="succeeded" /> <strong>{inFigures(step.completed)}</strong> done
      </li>
      <li className={step.failed > 0 ? styles.isFailed : undefined}>
        <LookIcon look="failed" /> <strong>{inFigures(step.failed)}</strong> failed
      </li>
      {missing === null ? (
        <li>how many there will be is not known</li>
      ) : (
        missing > 0 && (
          <li>
            <LookIcon look="planned" /> <strong>{inFigures(missing)}</strong> {missingWords(step, operation)}
          </li>
        )
      )}
    </ul>
  );
}
