import { isActive, type Step, unsupervised } from '../step.js';
import { comparable, type Pace, type StepRun } from './run.js';
import { patience } from './stall.js';
import { underway } from './underway.js';

/** A step, when anything was heard of its operation last, and the database's clock. */
export interface Watched {
  readonly step: Step;
  readonly heardAt: Date | null;
  readonly now: Date;
}

/**
 * P3: whether a step stands still, in which way, and when it is to be looked at again. What is alive without progress may
 * fall silent; what is silent is looked at again once something is heard of it.
 */
export function verdict(
  { step, heardAt, now }: Watched,
  runs: readonly Pace[],
  floor: number,
): Pick<Step, keyof typeof unsupervised> {
  const since = step.lastProgressAt ?? step.startedAt;
  if (!isActive(step) || since === null) return unsupervised;
  const silence = patience(underway(step, now), runs, floor);
  const after = (time: Date) => new Date(time.getTime() + silence);
  if (after(since) > now) return { stall: null, stalledSince: null, dueAt: after(since) };
  if (heardAt && after(heardAt) > now) return { stall: 'NO_PROGRESS', stalledSince: since, dueAt: after(heardAt) };
  return { stall: 'NO_SIGN_OF_LIFE', stalledSince: since, dueAt: null };
}

/** The runs to judge a step by. */
export const runsFor = (step: Step, runs: readonly StepRun[]): StepRun[] =>
  comparable(
    runs.filter(({ stepId }) => stepId !== step.id),
    step.total,
  );
