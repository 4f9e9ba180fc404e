import type { Step, StepType } from './step.js';

export type OperationState = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'INTERRUPTED';

/**
 * How an operation came to its end: its reporter said so, its last step succeeded (O4), somebody cancelled it (O5), its
 * lease ran out (O7), or something else took its place, such as its cluster's deletion.
 */
export type Ending = 'FINISHED' | 'COMPLETED' | 'CANCELLED' | 'LEASE' | 'INTERRUPTED';

/** One run of creating, scaling or deleting a cluster. */
export interface Operation {
  readonly tenantId: string;
  readonly id: string;
  readonly clusterId: string;
  readonly type: StepType;
  readonly state: OperationState;
  readonly ending: Ending | null;
  /** Why it ended (O6). */
  readonly reason: string | null;
  /** Whether it ends with its last step (O4). */
  readonly autoFinish: boolean;
  /** Which run of its cluster this is, from 1. */
  readonly number: number;
  readonly leaseSeconds: number | null;
  readonly leaseExpiresAt: Date | null;
  /** The last sign of life that was stored here; its steps have their own. */
  readonly lastReportAt: Date | null;
  /** The failure that was recorded when its lease ran out, to be withdrawn if it comes back (O7). */
  readonly interruptionId: string | null;
  /** What its maker said, if under an id of its own (O3). */
  readonly fingerprint: string | null;
  /** The cluster's revision in which this last changed. */
  readonly revision: number;
  readonly startedAt: Date;
  readonly completedAt: Date | null;
  readonly updatedAt: Date;
}

/** Share of the planned work that is done, 0 to 1: every step weighs the same, and counts by its units done; 1 of one that SUCCEEDED. */
export function progress({ state }: Pick<Operation, 'state'>, steps: readonly Step[]): number {
  if (state === 'SUCCEEDED') return 1;
  if (steps.length === 0) return 0;
  return steps.reduce((sum, step) => sum + share(step), 0) / steps.length;
}

function share(step: Step): number {
  if (step.state === 'SUCCEEDED') return 1;
  return step.total ? Math.min(1, step.completed / step.total) : 0;
}

/** The last sign of life: its own, or the last report of one of its steps. */
export function lastReportAt({ lastReportAt }: Pick<Operation, 'lastReportAt'>, steps: readonly Step[]): Date | null {
  return [lastReportAt, ...steps.map((step) => step.lastReportAt)].reduce(
    (a, b) => ((b ?? 0) > (a ?? 0) ? b : a),
    null,
  );
}

/** P3: since when it stands still: one of its steps does. Null of one that has ended. */
export function stalledSince({ state }: Pick<Operation, 'state'>, steps: readonly Step[]): Date | null {
  return state === 'RUNNING' ? (steps.find((step) => step.stalledSince !== null)?.stalledSince ?? null) : null;
}

/** The step to look at: of these steps in order, the running one, else the last that has begun. */
export function currentStep(steps: readonly Step[]): Step | null {
  return steps.find((step) => step.state === 'RUNNING') ?? steps.findLast((step) => step.startedAt !== null) ?? null;
}
