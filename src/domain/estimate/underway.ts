import type { Step } from '../step.js';
import type { Underway } from './remaining.js';

/** A step that has begun, as the estimate and the stall rule look at it. */
export function underway(step: Step, now: Date): Underway {
  const start = (step.startedAt ?? now).getTime();
  const { completed, total, curve, lastProgressAt } = step;
  const progressAt = lastProgressAt === null ? 0 : Math.max(0, lastProgressAt.getTime() - start);
  return { completed, total, curve, progressAt, now: Math.max(progressAt, now.getTime() - start) };
}
