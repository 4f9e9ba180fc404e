export type StepType = 'CREATING' | 'SCALING' | 'DELETING';
export type StepState = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'SKIPPED';

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
  /** Units done, units failed, units in all (null until known). */
  readonly completed: number;
  readonly failed: number;
  readonly total: number | null;
  /** S6: false while a unit stands failed, else true once all are done, else null. */
  readonly successful: boolean | null;
  readonly startedAt: Date | null;
  /** Set once, when `successful` becomes true. */
  readonly completedAt: Date | null;
  /** Milliseconds (S9). */
  readonly duration: number | null;
  /** The newest revision among its erased events, 0 while none were. */
  readonly erasedThrough: number;
  /** The cluster's revision in which this last changed. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A step of a plan: before there is an operation to hold it. */
export interface PlannedStep {
  readonly stepName: string;
  readonly total: number | null;
  readonly source: string;
}

/** S3: whether a later step may start. */
export const isClosed = (step: Step) => step.state === 'SUCCEEDED' || step.state === 'FAILED';

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
