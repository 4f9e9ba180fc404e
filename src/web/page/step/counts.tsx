import type { Step } from 'stepcast/client';
import { LookIcon } from '../ui/icon.js';
import type { StepProps } from './step-panel.js';
import { inFigures, notReported } from './unit-words.js';
import styles from './units.module.css';

/** How many units stand how: `998 done, 1 failed, 1 not reported yet`. */
export function Counts({ step, operation }: StepProps) {
  const missing = notReported(step);
  const isOver = operation !== undefined && operation.state !== 'RUNNING';
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
            <LookIcon look="planned" /> <strong>{inFigures(missing)}</strong> {missingWords(step, isOver)}
          </li>
        )
      )}
    </ul>
  );
}

const missingWords = ({ state }: Step, isOver: boolean): string =>
  isOver || state === 'CANCELLED' || state === 'SKIPPED' ? 'never reported' : 'not reported yet';
