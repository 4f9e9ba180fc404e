import { closed, derive, quoted } from '../advance.js';
import { clusterOf, type Ref } from '../cluster.js';
import type { Command } from '../command.js';
import { conflict, Fault, notFound } from '../errors.js';
import { fingerprint } from '../fingerprint.js';
import { age, limits, total, uuid, whole } from '../input.js';
import { reopen, signOfLife } from '../lease.js';
import type { Operation } from '../operation.js';
import {
  expectRunning,
  happenedAt,
  isFollowed,
  isProvisional,
  operationOf,
  settle,
  settleOperation,
  start,
} from '../series.js';
import { type PlannedStep, reportedUnits, type Step } from '../step.js';
import { itself, itselfOf, type Unit } from '../unit.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { expectOperation } from './operations.js';
import { isOneUnit } from './placing.js';
import { newStep, type PlannedStepInput, plannedStep, withSource } from './planning.js';

type Given<T> = T | null | undefined;

export interface AddStepInput extends PlannedStepInput {
  operationId: string;
  afterStepId?: Given<string>;
}

/** S1, O3: a step found out at run time, last or right behind another; it makes an operation that ended by itself run again (O4). */
export function addStep(tenantId: string, input: AddStepInput): Command<Step> {
  const ref = { tenantId, id: input.operationId.toLowerCase() };
  const planned = plannedStep(input);
  const after = input.afterStepId == null ? null : uuid('afterStepId', input.afterStepId);
  const stepRef = { tenantId, id: planned.id };
  const said = input.id == null ? null : fingerprint([ref.id, planned.said, after]);
  return {
    readSet: { operations: [ref], steps: [stepRef] },
    decide(work) {
      const operation = signOfLife(work, expectOperation(work, ref, input.operationId));
      const there = work.step(stepRef);
      if (there) return expectSame(there, said);
      if (!isProvisional(work, operation)) expectRunning(operation);
      const position = positionBehind(work, operation, after);
      const step = withSource(planned, work.cluster(clusterOf(operation)));
      return insert(work, operation, step, { position, fingerprint: said });
    },
  };
}

function expectSame(there: Step, said: string | null): Step {
  if (there.fingerprint === said) return there;
  throw conflict(`expected an id that is not in use, got ${there.id}, which another step has`, {
    field: 'id',
    stepId: there.id,
  });
}

/** S1: never before a step that has begun. */
function positionBehind(work: UnitOfWork, operation: Operation, after: string | null): number {
  const steps = work.stepsOf(operation);
  if (steps.length >= limits.steps) {
    throw new Fault('LIMIT_EXCEEDED', `expected at most ${limits.steps} steps in an operation, got one more`);
  }
  if (after === null) return steps.length;
  const index = steps.findIndex(({ id }) => id === after);
  if (index < 0) {
    const words = `expected afterStepId to be a step of operation ${operation.id}, got ${after}`;
    throw new Fault('BAD_USER_INPUT', words, { field: 'afterStepId' });
  }
  const begun = steps.slice(index + 1).findLast(({ startedAt }) => startedAt !== null);
  if (begun) {
    throw conflict(`expected no step behind ${after} to have begun, got ${quoted(begun)}, which is ${begun.state}`, {
      field: 'afterStepId',
      stepId: begun.id,
    });
  }
  return index + 1;
}

function insert(
  work: UnitOfWork,
  operation: Operation,
  planned: PlannedStep,
  place: { position: number; fingerprint: string | null },
): Step {
  const revision = work.nextRevision(clusterOf(operation));
  const running = operation.state === 'RUNNING' ? operation : reopen(work, operation, revision);
  for (const step of work.stepsOf(running).slice(place.position).reverse()) {
    work.saveStep({ ...step, position: step.position + 1 }, revision);
  }
  const added = work.saveStep(newStep(work, running, planned, place), revision);
  settleOperation(work, running, revision);
  return work.step(added) as Step;
}

export interface StartStepInput {
  stepId: string;
  total?: Given<number>;
  ageMs?: Given<number>;
}

/** S3: starts the next step; said again, it changes nothing but a total that was not known until now. */
export function startStep(tenantId: string, input: StartStepInput): Command<Step> {
  const ref = { tenantId, id: input.stepId.toLowerCase() };
  const given = total('total', input.total);
  const ageMs = age('ageMs', input.ageMs);
  return {
    readSet: { steps: [ref], units: [itselfOf(ref)] },
    decide(work) {
      const step = expectStep(work, ref, input.stepId);
      const total = given ?? step.total;
      if (step.state === 'PENDING') {
        expectOpen(work, step);
        return save(work, start(work, step, total, happenedAt(work, step, ageMs)));
      }
      if (step.state === 'SKIPPED' || step.state === 'CANCELLED') expectOpen(work, step);
      if (total === step.total) return step;
      if (step.total !== null) {
        throw conflict(`expected the total of ${quoted(step)}, ${step.total}, got ${total}: updateStep corrects it`, {
          field: 'total',
          stepId: step.id,
        });
      }
      return save(work, withTotal(work, step, total as number));
    },
  };
}

/** S5b: corrects the total of a step that is open, not below what has reported. */
export function updateStep(tenantId: string, input: { stepId: string; total: number }): Command<Step> {
  const ref = { tenantId, id: input.stepId.toLowerCase() };
  const total = whole('total', input.total, 0, limits.total);
  return {
    readSet: { steps: [ref], units: [itselfOf(ref)] },
    decide(work) {
      const step = expectStep(work, ref, input.stepId);
      if (step.total === total) return step;
      if (step.state === 'PENDING') {
        expectOpen(work, step);
        return save(work, { ...step, total });
      }
      return save(work, withTotal(work, step, total));
    },
  };
}

function withTotal(work: UnitOfWork, step: Step, total: number): Step {
  expectOpen(work, step);
  const { counted, gone } = ofTotal(work, step, total);
  const seen = reportedUnits(counted);
  if (total < seen) {
    throw conflict(
      `expected a total of at least the ${seen} units that ${quoted(step)} has reports of (${step.completed} done, ${step.failed} failed), got ${total}`,
      { field: 'total', stepId: step.id },
    );
  }
  if (gone) work.units.remove(gone);
  return derive({ ...counted, total }, { at: happenedAt(work, step, 0), followed: isFollowed(work, step) });
}

/** S5a: what stood failed as the step's one unit is the step's own failure once it has not just one. */
function ofTotal(work: UnitOfWork, step: Step, total: number): { counted: Step; gone?: Unit } {
  const unit = work.units.get(step, itself);
  if (isOneUnit({ total }) || unit?.state !== 'FAILED') return { counted: step };
  const failed = step.failed - Number(step.ownFailureId !== null);
  return { counted: { ...step, failed, ownFailureId: step.ownFailureId ?? unit.lastFailureId }, gone: unit };
}

export function save(work: UnitOfWork, step: Step): Step {
  const revision = work.nextRevision(clusterOf(step));
  settle(work, step, revision);
  return work.step(step) as Step;
}

/** A step of a cluster that is there; naming it is a sign of life (O7). */
export function expectStep(work: UnitOfWork, ref: Ref, given: string): Step {
  const step = work.step(ref);
  if (!step || !work.cluster(clusterOf(step))) throw notFound('a step', given);
  signOfLife(work, operationOf(work, step));
  return work.step(ref) as Step;
}

/** S8: whether a step takes reports: it has not closed well, and its operation runs. */
export const isOpen = (work: UnitOfWork, step: Step) =>
  operationOf(work, step).state === 'RUNNING' && ['PENDING', 'RUNNING', 'FAILED'].includes(step.state);

export function expectOpen(work: UnitOfWork, step: Step): void {
  if (isOpen(work, step)) return;
  const operation = operationOf(work, step);
  if (operation.state === 'RUNNING') throw closed(step);
  throw new Fault(
    'STEP_CLOSED',
    `expected a step of an operation that runs, got ${quoted(step)}, whose operation is ${operation.state}`,
    { operationId: operation.id, stepId: step.id },
  );
}
