import { begin, closed, fail, quoted } from './advance.js';
import { Fault } from './errors.js';
import type { Event } from './event.js';
import type { Operation, OperationState } from './operation.js';
import { isClosed, type Step } from './step.js';
import type { World } from './world.js';

/** S3: the step may start, for every earlier one is closed; otherwise a Fault that names the open one. */
export function expectNext(world: World, operation: Operation, step: Step): void {
  const open = world.stepsOf(operation).find((other) => other.position < step.position && !isClosed(other));
  if (open) {
    throw new Fault(
      'STEP_OUT_OF_ORDER',
      `expected every step before ${quoted(step)} to be closed, got ${quoted(open)}, which is ${open.state}`,
    );
  }
}

/** Whether a later step has started: then this one may not run again (S3). */
export function isFollowed(world: World, step: Step): boolean {
  const operation = operationOf(world, step);
  return (
    operation !== undefined &&
    world.stepsOf(operation).some((other) => other.position > step.position && other.startedAt !== null)
  );
}

export const operationOf = (world: World, step: Step) =>
  world.operation({ tenantId: step.tenantId, id: step.operationId });

/** Starts a pending step whose turn it is. */
export function start(world: World, step: Step, total: number | null): Step {
  if (step.state !== 'PENDING') throw closed(step);
  const operation = operationOf(world, step) as Operation;
  expectNext(world, operation, step);
  return begin(step, total, world.now);
}

/** Keeps a step as `derive` left it and, when it was the last to succeed, ends its operation well (S11). */
export function settle(world: World, step: Step, revision: number): Step {
  const saved = world.saveStep(step, revision);
  const operation = operationOf(world, saved) as Operation;
  if (saved.state === 'SUCCEEDED' && world.stepsOf(operation).every((other) => other.state === 'SUCCEEDED')) {
    world.saveOperation({ ...operation, state: 'SUCCEEDED', completedAt: world.now, leaseExpiresAt: null }, revision);
  }
  return saved;
}

/** What a failure that no unit reported says, and by which id it is found in the server's log (E5). */
export interface Cause {
  readonly eventInfo: string | null;
  readonly errorId: string | null;
}

/** Records one cluster-wide failure of a step (S10, S11). */
export function recordFailure(world: World, step: Step, cause: Cause): Step {
  const revision = world.nextRevision({ tenantId: step.tenantId, id: step.clusterId });
  world.addEvent({
    tenantId: step.tenantId,
    id: crypto.randomUUID(),
    clusterId: step.clusterId,
    provisionStepId: step.id,
    nodeGroupId: null,
    instanceId: null,
    instanceName: null,
    eventInfo: cause.eventInfo,
    successful: false,
    errorId: cause.errorId ?? crypto.randomUUID(),
    revision,
    createdAt: world.now,
    updatedAt: world.now,
  } satisfies Event);
  return world.saveStep(fail(step, { now: world.now, followed: isFollowed(world, step) }), revision);
}

/** S11: ends an operation; what had begun without success is closed as failed, with the reason; what had not is skipped. */
export function end(world: World, operation: Operation, state: OperationState, reason: string | null): Operation {
  for (const step of world.stepsOf(operation)) {
    if (step.state === 'PENDING') {
      world.saveStep(
        { ...step, state: 'SKIPPED' },
        world.nextRevision({ tenantId: step.tenantId, id: step.clusterId }),
      );
    } else if (step.successful === null) {
      recordFailure(world, step, { eventInfo: reason ?? reported(step), errorId: null });
    }
  }
  const revision = world.nextRevision({ tenantId: operation.tenantId, id: operation.clusterId });
  return world.saveOperation({ ...operation, state, completedAt: world.now, leaseExpiresAt: null }, revision);
}

const reported = (step: Step) =>
  `the operation ended with ${step.completed + step.failed}${step.total === null ? '' : ` of ${step.total}`} reported`;

/** S12: whatever is reported of an operation renews its lease, at most once a batch. */
export function renewLease(world: World, operation: Operation, revision: number): void {
  if (operation.leaseSeconds === null || operation.state !== 'RUNNING') return;
  const leaseExpiresAt = new Date(world.now.getTime() + operation.leaseSeconds * 1000);
  if (operation.leaseExpiresAt?.getTime() === leaseExpiresAt.getTime()) return;
  world.saveOperation({ ...operation, leaseExpiresAt }, revision);
}
