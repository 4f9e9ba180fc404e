import type { Operation, Step } from 'stepcast/client';

/** How a step looks to the eye. `failing`: units have failed, but others are still to come (S6). */
export type Look =
  | 'planned'
  | 'running'
  | 'failing'
  | 'stalled'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'interrupted';

/**
 * A step that has failed goes on as long as its operation runs, no later one has begun, and units are still to report: that
 * looks unlike one that is over. `isFollowed`: a later step of its operation has begun.
 */
export function lookOf(step: Step, operation: Operation | undefined, isFollowed = false): Look {
  const isRunning = operation?.state === 'RUNNING';
  if (isRunning && step.stalledSince !== null) return 'stalled';
  switch (step.state) {
    case 'PENDING':
      return 'planned';
    case 'RUNNING':
      return step.failed > 0 ? 'failing' : 'running';
    case 'SUCCEEDED':
      return 'succeeded';
    case 'SKIPPED':
      return 'skipped';
    case 'CANCELLED':
      return 'cancelled';
    case 'FAILED': {
      if (operation?.state === 'INTERRUPTED' && !isFollowed) return 'interrupted';
      const isOver =
        !isRunning || isFollowed || step.completed + step.failed >= (step.total ?? Number.POSITIVE_INFINITY);
      return isOver ? 'failed' : 'failing';
    }
  }
}

/** How an operation looks. */
export type OperationLook = Exclude<Look, 'planned' | 'skipped'>;

/** `failing`: it runs, and a step of it has failed units (S6). That says more than that it is stalled. */
export function operationLook(
  { state, stalledSince }: Pick<Operation, 'state' | 'stalledSince'>,
  steps: readonly Pick<Step, 'state'>[] = [],
): OperationLook {
  switch (state) {
    case 'RUNNING':
      if (steps.some(({ state }) => state === 'FAILED')) return 'failing';
      return stalledSince === null ? 'running' : 'stalled';
    case 'SUCCEEDED':
      return 'succeeded';
    case 'FAILED':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    case 'INTERRUPTED':
      return 'interrupted';
  }
}
