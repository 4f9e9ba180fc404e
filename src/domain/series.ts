import { begin, closed, fail, quoted } from './advance.js';
import { type Cause, causeOf } from './causes/cause.js';
import { clusterOf } from './cluster.js';
import { conflict, Fault } from './errors.js';
import type { Event } from './event.js';
import type { Ending, Operation, OperationState } from './operation.js';
import { isClosed, reportedUnits, type Step, unsupervised } from './step.js';
import { between, latest } from './times.js';
import type { UnitOfWork } from './unit-of-work.js';

/** S3: the step may start, for every earlier one is closed; otherwise a Fault that names the open one. */
export function expectNext(work: UnitOfWork, operation: Operation, step: Step): void {
  const open = openBefore(work, operation, step);
  if (!open) return;
  throw new Fault(
    'STEP_OUT_OF_ORDER',
    `expected every step before ${quoted(step)} to be closed, got ${quoted(open)}, which is ${open.state}`,
    { operationId: operation.id, stepId: open.id },
  );
}

export const openBefore = (work: UnitOfWork, operation: Operation, step: Step) =>
  work.stepsOf(operation).find((other) => other.position < step.position && !isClosed(other));

/**
 * Whether a later step has started: then this one may not run again (S3). One without units keeps nobody from it. None
 * starts behind one that runs.
 */
export const isFollowed = (work: UnitOfWork, step: Step) =>
  step.state !== 'RUNNING' &&
  work
    .stepsOf(operationOf(work, step))
    .some((other) => other.position > step.position && other.startedAt !== null && other.total !== 0);

/** A step is loaded with its operation. */
export const operationOf = (work: UnitOfWork, step: Step) =>
  work.operation({ tenantId: step.tenantId, id: step.operationId }) as Operation;

/** S9: when something happened to a step, so many milliseconds ago: never before what it must follow. */
export function happenedAt(work: UnitOfWork, step: Step, ageMs: number): Date {
  const clock = work.clock(clusterOf(step));
  const said = ageMs === 0 ? clock : new Date(clock.getTime() - ageMs);
  return latest(said, step.startedAt ?? earliestStart(work, step));
}

/** A step starts after its operation, and after the last report of every earlier step. */
function earliestStart(work: UnitOfWork, step: Step): Date {
  const operation = operationOf(work, step);
  const earlier = work.stepsOf(operation).filter(({ position }) => position < step.position);
  return latest(operation.startedAt, ...earlier.map(lastTimeOf));
}

const lastTimeOf = (step: Step) => step.completedAt ?? step.lastReportAt ?? step.startedAt;

/** Starts a pending step whose turn it is. */
export function start(work: UnitOfWork, step: Step, total: number | null, at: Date): Step {
  if (step.state !== 'PENDING') throw closed(step);
  expectNext(work, operationOf(work, step), step);
  return begin(step, total, at);
}

/**
 * Keeps a step as `derive` left it, and what follows from it for the steps behind it and for its operation (S4, O4):
 * nothing while it runs.
 */
export function settle(work: UnitOfWork, step: Step, revision: number): Step {
  const saved = work.saveStep(step, revision);
  if (saved.state !== 'RUNNING') settleOperation(work, operationOf(work, saved), revision);
  return saved;
}

export function settleOperation(work: UnitOfWork, operation: Operation, revision: number): void {
  if (operation.state !== 'RUNNING') return;
  finishEmptySteps(work, operation, revision);
  if (!operation.autoFinish) return;
  const steps = work.stepsOf(operation);
  if (!steps.every(({ state }) => state === 'SUCCEEDED')) return;
  const completedAt = latest(operation.startedAt, ...steps.map(lastTimeOf));
  work.saveOperation({ ...operation, ...ended('SUCCEEDED', 'COMPLETED', null, completedAt) }, revision);
}

/** S4: steps of no units are done as soon as all before them are closed. */
function finishEmptySteps(work: UnitOfWork, operation: Operation, revision: number): void {
  for (const step of work.stepsOf(operation)) {
    if (isClosed(step)) continue;
    if (step.state !== 'PENDING' || step.total !== 0) return;
    work.saveStep(begin(step, 0, earliestStart(work, step)), revision);
  }
}

const ended = (state: OperationState, ending: Ending, reason: string | null, completedAt: Date) => ({
  state,
  ending,
  reason,
  completedAt,
  leaseExpiresAt: null,
});

/** What a failure that no unit reported says, and by which id it is found in the server's log (E5). */
export interface Failure {
  readonly eventInfo: string | null;
  readonly errorId: string | null;
  /** Why it failed; without it, what its text says. */
  readonly cause?: Cause;
}

/** What an event says; the rest follows from its step, and from when it happened and is recorded. */
export type Said = Pick<
  Event,
  'id' | 'nodeGroupId' | 'instanceId' | 'instanceName' | 'eventInfo' | 'successful' | 'errorId'
> & { readonly cause: Cause | null };

/** E1: records an event of a step, at the cluster's next revision. */
export function recordEvent(
  work: UnitOfWork,
  step: Step,
  said: Said,
  { late, occurredAt }: Pick<Event, 'late' | 'occurredAt'>,
): Event {
  const cluster = clusterOf(step);
  const recordedAt = work.clock(cluster);
  return work.addEvent({
    tenantId: step.tenantId,
    id: said.id,
    clusterId: step.clusterId,
    provisionStepId: step.id,
    nodeGroupId: said.nodeGroupId,
    instanceId: said.instanceId,
    instanceName: said.instanceName,
    eventInfo: said.eventInfo,
    successful: said.successful,
    errorId: said.errorId,
    cause: said.cause,
    late,
    withdrawn: false,
    occurredAt,
    revision: work.nextRevision(cluster),
    createdAt: recordedAt,
    updatedAt: recordedAt,
  });
}

/** A failure of a step as a whole: of no instance. */
export const wholeFailure = ({ id, eventInfo, errorId, cause }: Pick<Event, 'id'> & Failure): Said => ({
  id,
  cause: cause ?? causeOf(eventInfo),
  nodeGroupId: null,
  instanceId: null,
  instanceName: null,
  eventInfo,
  successful: false,
  errorId: errorId ?? crypto.randomUUID(),
});

/** Records the step's own failure (S5a, S11). `heardAt`: when its reporter said so, or was heard of last. */
export function recordFailure(
  work: UnitOfWork,
  step: Step,
  said: Failure & { readonly id?: string },
  { at, heardAt = at }: { at: Date; heardAt?: Date },
): Step {
  const failure = wholeFailure({ id: crypto.randomUUID(), ...said });
  const event = recordEvent(work, step, failure, { late: false, occurredAt: at });
  const failed = fail(step, event.id, { at: heardAt, followed: isFollowed(work, step) });
  return work.saveStep(failed, event.revision);
}

/** How an operation is to end. `at`: when that happened, as far as what came before allows. */
export interface End {
  readonly state: Exclude<OperationState, 'RUNNING'>;
  readonly ending: Ending;
  readonly reason: string | null;
  readonly at?: Date;
}

/** S11: ends an operation; the step that runs is closed with the reason, those that had not begun are skipped. */
export function end(work: UnitOfWork, operation: Operation, { state, ending, reason, at }: End): Operation {
  const last = latest(operation.startedAt, ...work.stepsOf(operation).map(lastTimeOf));
  const completedAt = latest(last, at ?? work.clock(clusterOf(operation)));
  let interruptionId: string | null = null;
  for (const step of work.stepsOf(operation)) {
    if (step.state === 'PENDING') {
      work.saveStep({ ...step, state: 'SKIPPED' }, work.nextRevision(clusterOf(step)));
    } else if (step.state === 'RUNNING') {
      interruptionId = closeRunning(work, step, { state, reason, at: completedAt }).ownFailureId;
    } else if (step.stalledSince !== null) {
      work.saveStep({ ...step, ...unsupervised }, work.nextRevision(clusterOf(step)));
    }
  }
  const revision = work.nextRevision(clusterOf(operation));
  const saved = { ...operation, ...ended(state, ending, reason, completedAt) };
  return work.saveOperation({ ...saved, interruptionId: ending === 'LEASE' ? interruptionId : null }, revision);
}

/** O5: what somebody did not want any more has not failed. An interruption is no report: its reporter may come back (O7). */
function closeRunning(
  work: UnitOfWork,
  step: Step,
  { state, reason, at }: { state: string; reason: string | null; at: Date },
): Step {
  const startedAt = step.startedAt as Date;
  if (state !== 'CANCELLED') {
    const heardAt = state === 'INTERRUPTED' ? (step.lastReportAt ?? startedAt) : at;
    return recordFailure(work, step, { eventInfo: reason ?? reported(step), errorId: null }, { at, heardAt });
  }
  const duration = between(startedAt, at);
  return work.saveStep({ ...step, ...unsupervised, state: 'CANCELLED', duration }, work.nextRevision(clusterOf(step)));
}

const reported = (step: Step) =>
  `the operation ended with ${reportedUnits(step)}${step.total === null ? '' : ` of ${step.total}`} reported`;

/** Whether an operation's end may yet prove wrong: it came by itself, or its lease ran out, and no later one has begun (O4, O7). */
export const isProvisional = (work: UnitOfWork, operation: Operation) =>
  (operation.ending === 'COMPLETED' || operation.ending === 'LEASE') && work.isNewest(operation);

export function expectRunning(operation: Operation): void {
  if (operation.state === 'RUNNING') return;
  throw conflict(`expected an operation that runs, got ${operation.id}, which is ${operation.state}`, {
    operationId: operation.id,
  });
}
