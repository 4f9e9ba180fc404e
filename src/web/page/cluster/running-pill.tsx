import type { Step } from 'stepcast/client';
import { LookIcon } from '../ui/icon.js';
import type { Look } from '../ui/state.js';
import { lookWords } from '../ui/state-words.js';
import styles from './running-pill.module.css';
import type { Select } from './select.js';
import { openStep } from './selection.js';
import { nameOf } from './words.js';

export interface RunningPillProps {
  readonly steps: readonly Step[];
  readonly looks: ReadonlyMap<string, Look>;
  /** What the reader has selected. */
  readonly chosen: Step;
  readonly onSelect: Select;
}

/** Instead of jumping to the step that runs, while the reader looks at another: an offer. */
export function RunningPill({ steps, looks, chosen, onSelect }: RunningPillProps) {
  const step = openStep(steps, looks);
  if (!step || step.id === chosen.id) return null;
  const look = looks.get(step.id) ?? 'running';
  return (
    <p className={styles.pill}>
      <button type="button" className="chip" onClick={() => onSelect(step, 'open')} data-tip={nameOf(step, 300)}>
        <LookIcon look={look} />
        Step {step.position + 1} is {lookWords[look]} now
      </button>
    </p>
  );
}
