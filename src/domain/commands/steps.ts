import { closed, derive, quoted } from '../advance.js';
import type { Ref } from '../cluster.js';
import type { Command } from '../command.js';
import { Fault, notFound } from '../errors.js';
import { errorText, limits, optionalName, total } from '../input.js';
import type { Operation } from '../operation.js';
import { isFollowed, operationOf, recordFailure, renewLease, settle, start } from '../series.js';
import type { Step } from '../step.js';
import type { World } from '../world.js';
import {
  expectOperation,
  expectRunning,
  newStep,
  type PlannedStepInput,
  plannedStep,
  withSource,
} from './operations.js';

type Given<T> = T | null | undefined;

/** S1: a step found out at run time, appended to its operation. */
export function addStep(tenantId: string, input: PlannedStepInput & { operationId: string }): Command<Step> {
  const ref = { tenantId, id: input.operationId.toLowerCase() };
  const planned = plannedStep(input);
  return {
    needs: { operations: [ref] },
    judge(world) {
      const operation = expectOperation(world, ref, input.operationId);
      expectRunning(operation);
      const position = world.stepsOf(operation).length;
      expectRoom(position);
      const clusterRef = { tenantId, id: operation.clusterId };
      const revision = world.nextRevision(clusterRef);
      renewLease(world, operation, revision);
      return world.saveStep(
        newStep(world, operation, withSource(planned, world.cluster(clusterRef)), position),
        revision,
      );
    },
  };
}

function expectRoom(steps: number): void {
  if (steps < limits.steps) return;
  throw new Fault('LIMIT_EXCEEDED', `expected at most ${limits.steps} steps in an operation, got one more`);
}

export interface StartStepInput {
  stepId: string;
  total?: Given<number>;
}

/** S3: starts the next step; said again, it changes nothing but a total that was not known until now. */
export function startStep(tenantId: string, input: StartStepInput): Command<Step> {
  const ref = { tenantId, id: input.stepId.toLowerCase() };
  const given = total('total', input.total);
  return {
    needs: { steps: [ref] },
    judge(world) {
      const step = expectStep(world, ref, input.stepId);
      const total = given ?? step.total;
      if (step.state !== 'PENDING' && total === step.total) return step;
      return keep(
        world,
        step.state === 'PENDING' ? start(world, step, total) : withTotal(world, step, total as number),
      );
    },
  };
}

function withTotal(world: World, step: Step, total: number): Step {
  if (step.state === 'SUCCEEDED' || step.state === 'SKIPPED') throw closed(step);
  const seen = step.completed + step.failed;
  if (step.total !== null)
    throw new Fault('CONFLICT', `expected the total of ${quoted(step)}, ${step.total}, got ${total}`);
  if (total < seen)
    throw new Fault(
      'CONFLICT',
      `expected a total of at least the ${seen} units that ${quoted(step)} has reports of, got ${total}`,
    );
  return derive({ ...step, total }, { now: world.now, followed: isFollowed(world, step) });
}

export interface FinishStepInput {
  stepId: string;
  successful: boolean;
  eventInfo?: Given<string>;
  errorId?: Given<string>;
}

/** S10: closes a step whose work is done, or records that it failed as a whole. */
export function finishStep(tenantId: string, input: FinishStepInput): Command<Step> {
  const ref = { tenantId, id: input.stepId.toLowerCase() };
  const cause = { eventInfo: errorText(input.eventInfo), errorId: optionalName('errorId', input.errorId) };
  return {
    needs: { steps: [ref] },
    judge(world) {
      const step = expectStep(world, ref, input.stepId);
      if (input.successful && step.state === 'SUCCEEDED') return step;
      expectBegun(step);
      if (input.successful) return keep(world, done(world, step));
      const failed = recordFailure(world, step, cause);
      renewLease(world, operationOf(world, failed) as Operation, failed.revision);
      return failed;
    },
  };
}

function expectBegun(step: Step): void {
  if (step.state === 'SUCCEEDED' || step.state === 'SKIPPED') throw closed(step);
  if (step.state === 'PENDING')
    throw new Fault('CONFLICT', `expected a step that has started, got ${quoted(step)}, which is PENDING`);
}

/** A step without a total has as many units as were reported. */
function done(world: World, step: Step): Step {
  const total = step.total ?? step.completed + step.failed;
  const missing = total - step.completed - step.failed;
  if (missing > 0)
    throw new Fault(
      'CONFLICT',
      `${missing} of ${total} units have not reported: expected none missing to finish ${quoted(step)}`,
    );
  if (step.failed > 0)
    throw new Fault(
      'CONFLICT',
      `${step.failed} of ${total} units stand failed: expected none to finish ${quoted(step)} successfully`,
    );
  return derive({ ...step, total }, { now: world.now, followed: isFollowed(world, step) });
}

function keep(world: World, step: Step): Step {
  const revision = world.nextRevision({ tenantId: step.tenantId, id: step.clusterId });
  renewLease(world, operationOf(world, step) as Operation, revision);
  return settle(world, step, revision);
}

/** A step of a cluster that is there, whose operation runs (S8). */
function expectStep(world: World, ref: Ref, given: string): Step {
  const step = world.step(ref);
  if (!step || !world.cluster({ tenantId: ref.tenantId, id: step.clusterId })) throw notFound('a step', given);
  const operation = operationOf(world, step);
  if (operation?.state !== 'RUNNING' && step.state !== 'SUCCEEDED') {
    throw new Fault(
      'STEP_CLOSED',
      `expected a step of an operation that runs, got ${quoted(step)}, whose operation is ${operation?.state}`,
    );
  }
  return step;
}
