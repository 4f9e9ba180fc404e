import { clusterOf, type Ref } from '../cluster.js';
import type { Command } from '../command.js';
import { notFound } from '../errors.js';
import { age, errorText } from '../input.js';
import { signOfLife } from '../lease.js';
import type { Operation } from '../operation.js';
import { end, expectRunning, isProvisional } from '../series.js';
import type { UnitOfWork } from '../unit-of-work.js';

type Given<T> = T | null | undefined;

export interface FinishOperationInput {
  operationId: string;
  successful: boolean;
  reason?: Given<string>;
  ageMs?: Given<number>;
}

/** O4, S11: the reporter decides how an operation ended. Said again, it changes nothing; said otherwise, CONFLICT. */
export function finishOperation(tenantId: string, input: FinishOperationInput): Command<Operation> {
  const ref = { tenantId, id: input.operationId.toLowerCase() };
  const state = input.successful ? 'SUCCEEDED' : 'FAILED';
  const reason = errorText(input.reason);
  const ageMs = age('ageMs', input.ageMs);
  return {
    readSet: { operations: [ref] },
    decide(work) {
      const operation = signOfLife(work, expectOperation(work, ref, input.operationId));
      const provisional = isProvisional(work, operation);
      if (operation.state === state && !provisional) return operation;
      if (!provisional) expectRunning(operation);
      const said = new Date(work.clock(clusterOf(operation)).getTime() - ageMs);
      const at = operation.state === state ? (operation.completedAt ?? said) : said;
      return end(work, operation, { state, ending: 'FINISHED', reason, at });
    },
  };
}

export interface CancelOperationInput {
  operationId: string;
  reason?: Given<string>;
}

/** O5: somebody does not want it any more. Said again, it changes nothing. */
export function cancelOperation(tenantId: string, input: CancelOperationInput): Command<Operation> {
  const ref = { tenantId, id: input.operationId.toLowerCase() };
  const reason = errorText(input.reason);
  return {
    readSet: { operations: [ref] },
    decide(work) {
      const operation = signOfLife(work, expectOperation(work, ref, input.operationId));
      if (operation.state === 'CANCELLED') return operation;
      expectRunning(operation);
      return end(work, operation, { state: 'CANCELLED', ending: 'CANCELLED', reason });
    },
  };
}

/** O7: a sign of life, when there is nothing to report. One that has ended for good: CONFLICT, so that its reporter learns of it. */
export function heartbeat(tenantId: string, input: { operationId: string }): Command<Operation> {
  const ref = { tenantId, id: input.operationId.toLowerCase() };
  return {
    readSet: { operations: [ref] },
    decide(work) {
      const operation = signOfLife(work, expectOperation(work, ref, input.operationId));
      if (!isProvisional(work, operation)) expectRunning(operation);
      return operation;
    },
  };
}

/** S11: ends an operation whose reporter will not. Null when it has ended meanwhile. */
export function interruptOperation(
  ref: Ref,
  ending: 'LEASE' | 'INTERRUPTED',
  reason: (operation: Operation, now: Date) => string | null,
): Command<Operation | null> {
  return {
    readSet: { operations: [ref] },
    decide(work) {
      const operation = work.operation(ref);
      if (operation?.state !== 'RUNNING') return null;
      const why = reason(operation, work.now);
      return why === null ? null : end(work, operation, { state: 'INTERRUPTED', ending, reason: why });
    },
  };
}

export function expectOperation(work: UnitOfWork, ref: Ref, given: string): Operation {
  const operation = work.operation(ref);
  if (!operation || !work.cluster(clusterOf(operation))) throw notFound('an operation', given);
  return operation;
}
