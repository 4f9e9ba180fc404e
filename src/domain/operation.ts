import type { Step, StepType } from './step.js';

export type OperationState = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'INTERRUPTED';

/** One run of creating, scaling or deleting a cluster. */
export interface Operation {
  readonly tenantId: string;
  readonly id: string;
  readonly clusterId: string;
  readonly type: StepType;
  readonly state: OperationState;
  /** Which run of its cluster this is, from 1. */
  readonly number: number;
  readonly leaseSeconds: number | null;
  readonly leaseExpiresAt: Date | null;
  /** The cluster's revision in which this last changed. */
  readonly revision: number;
  readonly startedAt: Date;
  readonly completedAt: Date | null;
  readonly updatedAt: Date;
}

/** Share of the planned work that is done, 0 to 1: every step weighs the same, and counts by its units done. */
export function progress(steps: readonly Step[]): number {
  if (steps.length === 0) return 0;
  return steps.reduce((sum, step) => sum + share(step), 0) / steps.length;
}

function share(step: Step): number {
  if (step.state === 'SUCCEEDED') return 1;
  return step.total ? step.completed / step.total : 0;
}

/** The step to look at: of these steps in order, the running one, else the last that has begun. */
export function currentStep(steps: readonly Step[]): Step | null {
  return steps.find((step) => step.state === 'RUNNING') ?? steps.findLast((step) => step.startedAt !== null) ?? null;
}
