import { Fault } from './errors.js';
import { extend } from './estimate/curve.js';
import { shown } from './shown.js';
import { isActive, reportedUnits, type Step, unsupervised } from './step.js';
import { between, latest } from './times.js';
import type { UnitState } from './unit.js';

/** How a report meets its step: what was recorded last of the units it speaks of or replaces, and what it says now. */
export interface Outcome {
  readonly before: readonly UnitState[];
  readonly successful: boolean;
}

/** When it happened, and where the step stands in its operation: once a later one has started, it may not run again (S3). */
export interface Standing {
  readonly at: Date;
  readonly followed: boolean;
}

/** S5, S7: what one report of a unit makes of a step that has started. A success beyond the total throws a Fault. */
export function advance(step: Step, outcome: Outcome, standing: Standing): Step {
  if (exceeds(step, outcome)) throw full(step);
  const counted = count(step, outcome, standing.at);
  return derive(progressed(step, counted, standing.at), standing);
}

/** S7: whether a report brings a unit for which the total has no place. */
export const exceeds = (step: Step, { before }: Outcome) =>
  step.total !== null && !before.some(counts) && reportedUnits(step) >= step.total;

/** A step that starts. With total 0 it has succeeded at once (S4). */
export function begin(step: Step, total: number | null, at: Date): Step {
  return derive({ ...step, total, startedAt: at, dueAt: at }, { at, followed: false });
}

/** S5a: the step's own failure, which no unit reported. It counts once, even where all units have reported. */
export function fail(step: Step, eventId: string, standing: Standing): Step {
  const failed = step.failed + Number(step.ownFailureId === null);
  return derive(reportedAt({ ...step, failed, ownFailureId: eventId }, standing.at), standing);
}

/** S5a: the step's own failure no longer stands. */
export const recover = (step: Step): Step =>
  step.ownFailureId === null ? step : { ...step, failed: step.failed - 1, ownFailureId: null };

/** S6: state and success follow from the counters, here and nowhere else. S9: the times follow from the state. */
export function derive(step: Step, { at, followed }: Standing): Step {
  const successful = step.failed > 0 ? false : step.completed === step.total ? true : followed ? false : null;
  const state = successful === null ? 'RUNNING' : successful ? 'SUCCEEDED' : 'FAILED';
  const completedAt = successful ? latest(at, step.startedAt, step.lastReportAt) : null;
  const end = successful === null ? null : (completedAt ?? step.lastReportAt ?? step.startedAt);
  const duration = step.startedAt && end ? between(step.startedAt, end) : null;
  const derived: Step = { ...step, successful, state, completedAt, duration };
  return isActive(derived) ? { ...derived, dueAt: derived.dueAt ?? at } : { ...derived, ...unsupervised };
}

/** P1, P3: a report that changes a counter is a progress, and ends a stall. */
function progressed(before: Step, step: Step, at: Date): Step {
  if (before.completed === step.completed && before.failed === step.failed) return step;
  const { startedAt, lastProgressAt, completed: done, total } = step;
  const start = (startedAt ?? at).getTime();
  const progressAt = latest(at, startedAt, lastProgressAt);
  const progress = {
    done,
    total,
    at: progressAt.getTime() - start,
    before: Math.max(0, (lastProgressAt?.getTime() ?? start) - start),
  };
  const curve = extend(step.curve, progress);
  // After the first progress a shorter silence is a stall: it is judged anew, and what was due later is not waited for.
  const dueAt = step.lastProgressAt === null ? at : (step.dueAt ?? at);
  return { ...step, curve, lastProgressAt: progressAt, stalledSince: null, stall: null, dueAt };
}

const reportedAt = (step: Step, at: Date): Step => ({ ...step, lastReportAt: latest(at, step.lastReportAt) });

function count(step: Step, { before, successful }: Outcome, at: Date): Step {
  const done = Number(successful) - before.filter((state) => state === 'SUCCEEDED').length;
  const bad = Number(!successful) - before.filter((state) => state === 'FAILED').length;
  const lastReportAt = latest(at, step.lastReportAt);
  return { ...step, completed: step.completed + done, failed: step.failed + bad, lastReportAt };
}

const counts = (state: UnitState) => state !== 'REPLACED';

export const quoted = (step: Step) => `step ${shown(step.stepName)} (${step.id})`;

export const closed = (step: Step) =>
  new Fault('STEP_CLOSED', `expected a step that takes reports, got ${quoted(step)}, which is ${step.state}`, {
    stepId: step.id,
  });

const full = (step: Step) =>
  new Fault(
    'TOTAL_EXCEEDED',
    `expected reports of the ${step.total} units of ${quoted(step)}, got one of another unit: correct the total with updateStep, or name the unit that this one replaces as replacesInstanceId`,
    { stepId: step.id },
  );
