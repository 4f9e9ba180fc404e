import type { Curve } from './estimate/curve.js';

export type StepType = 'CREATING' | 'SCALING' | 'DELETING';
/** In what way a step stands still: nothing at all is heard of its operation, or something is, but no unit of it changes. */
export type Stall = 'NO_SIGN_OF_LIFE' | 'NO_PROGRESS';
export type StepState = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'CANCELLED';

/** One stage of an operation, with units to do. */
export interface Step {
  readonly tenantId: string;
  readonly id: string;
  readonly clusterId: string;
  readonly operationId: string;
  readonly stepName: string;
  readonly stepType: StepType;
  /** Who reports it: `infra` or the plugin's name. */
  readonly source: string;
  /** Order within the operation, from 0. */
  readonly position: number;
  readonly state: StepState;
  /** Units done, units failed and the step's own failure (S5a), units in all (null until known). */
  readonly completed: number;
  readonly failed: number;
  readonly total: number | null;
  /** The event of the step's own failure, while that stands (S5a). */
  readonly ownFailureId: string | null;
  /** S6: false while a unit stands failed, or if closed short of its total; else true once all are done, else null. */
  readonly successful: boolean | null;
  readonly startedAt: Date | null;
  /** Set once, when `successful` becomes true. */
  readonly completedAt: Date | null;
  readonly lastReportAt: Date | null;
  /** Milliseconds (S9). */
  readonly duration: number | null;
  /** P1: when its counters changed last, and how they have come along. */
  readonly lastProgressAt: Date | null;
  readonly curve: Curve;
  /** P3: since when nothing moves, while it counts as stalled. */
  readonly stalledSince: Date | null;
  readonly stall: Stall | null;
  /** When it is to be looked at whether it stands still; null once there is nothing to look for. */
  readonly dueAt: Date | null;
  /** The newest revision among its erased events, 0 while none were. */
  readonly erasedThrough: number;
  /** What its maker said, if under an id of its own (O3). */
  readonly fingerprint: string | null;
  /** The cluster's revision in which this last changed. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A step of a plan: before there is an operation to hold it. */
export interface PlannedStep {
  readonly id: string;
  readonly stepName: string;
  readonly total: number | null;
  readonly source: string;
}

/** Whether units of it are to come yet, as far as it says itself: it runs, or some have failed and others have not reported. */
export const isActive = (step: Step) =>
  step.state === 'RUNNING' ||
  (step.state === 'FAILED' && step.ownFailureId === null && step.total !== null && reportedUnits(step) < step.total);

/** Of a step of which no units are to come. */
export const unsupervised = { stalledSince: null, stall: null, dueAt: null } as const;

/** S3: whether a later step may start. */
export const isClosed = (step: Step) => step.state === 'SUCCEEDED' || step.state === 'FAILED';

/** How many units have reported: the step's own failure is none (S5a, S7). */
export const reportedUnits = (step: Step) => step.completed + step.failed - Number(step.ownFailureId !== null);

/** S13: the specification's two forms, and how many failed. */
export function summary(step: Step): string {
  const failed = step.failed > 0 ? `, ${step.failed} failed` : '';
  if (step.state === 'SUCCEEDED') {
    return `${step.stepName} completed ${step.completed} out of ${step.total} in ${inWords(step.duration ?? 0)}`;
  }
  const total = step.total === null ? '' : ` out of ${step.total}`;
  return `${step.stepName} completed: ${step.completed}${total}${failed}`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** Milliseconds in the two largest units that are not zero: `10 minutes`, `1 hour 5 minutes`, `0 seconds`. */
export function inWords(milliseconds: number): string {
  let rest = Math.round(milliseconds / 1000) * 1000;
  const words: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return words.slice(0, 2).join(' ') || '0 seconds';
}
