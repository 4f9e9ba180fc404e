import { Fault } from './errors.js';
import type { Step } from './step.js';

/** How a report meets its step: what was recorded last of its unit (undefined: nothing), and what it says now. */
export interface Outcome {
  readonly before: boolean | undefined;
  readonly successful: boolean;
}

/** Where a step stands in its operation. `followed`: a later step has started, so this one may not run again (S3). */
export interface Standing {
  readonly now: Date;
  readonly followed: boolean;
}

/** S5, S7, S8: what one report makes of a step that has started. Throws a Fault when the step refuses it. */
export function advance(step: Step, outcome: Outcome, standing: Standing): Step {
  if (step.state === 'SUCCEEDED' || step.state === 'SKIPPED') throw closed(step);
  if (outcome.before === undefined && isFull(step)) {
    throw new Fault(
      'TOTAL_EXCEEDED',
      `expected reports of ${step.total} units of ${quoted(step)}, got one of another unit`,
    );
  }
  return derive(count(step, outcome), standing);
}

/** A step that starts. With total 0 it has succeeded at once (S7). */
export function begin(step: Step, total: number | null, now: Date): Step {
  return derive({ ...step, total, startedAt: now }, { now, followed: false });
}

/** One failure that no unit reported: S10's and S11's. It counts even where all units have reported. */
export function fail(step: Step, standing: Standing): Step {
  return derive(count(step, { before: undefined, successful: false }), standing);
}

/** S6: state and success follow from the counters, here and nowhere else. S9: the times follow from the state. */
export function derive(step: Step, { now, followed }: Standing): Step {
  const successful = step.failed > 0 ? false : step.completed === step.total ? true : null;
  const state = successful ? 'SUCCEEDED' : successful === false || followed ? 'FAILED' : 'RUNNING';
  return {
    ...step,
    successful,
    state,
    completedAt: successful ? now : null,
    duration: state === 'RUNNING' || step.startedAt === null ? null : between(step.startedAt, now),
  };
}

/** Milliseconds from one time to another, as many as an Int holds: almost 25 days. */
const between = (start: Date, end: Date) => Math.min(Math.max(0, end.getTime() - start.getTime()), 2 ** 31 - 1);

function count(step: Step, { before, successful }: Outcome): Step {
  const done = Number(successful) - Number(before === true);
  const bad = Number(!successful) - Number(before === false);
  return { ...step, completed: step.completed + done, failed: step.failed + bad };
}

const isFull = (step: Step) => step.total !== null && step.completed + step.failed >= step.total;

export const quoted = (step: Step) => `step ${JSON.stringify(step.stepName)} (${step.id})`;

export const closed = (step: Step) =>
  new Fault('STEP_CLOSED', `expected a step that takes reports, got ${quoted(step)}, which is ${step.state}`);
