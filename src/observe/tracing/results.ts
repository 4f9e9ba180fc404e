import type { Operation } from '../../domain/operation.js';
import type { Step } from '../../domain/step.js';

/** By the conventions for CI/CD, and the class of what went wrong, null when nothing did. */
export interface Result {
  readonly result: 'success' | 'failure' | 'error' | 'timeout' | 'cancellation' | 'skip';
  readonly error: string | null;
}

/** Of an operation that has ended. */
export function resultOf({ state, ending }: Operation): Result {
  if (state === 'SUCCEEDED') return { result: 'success', error: null };
  if (state === 'CANCELLED') return { result: 'cancellation', error: null };
  if (state === 'FAILED') return { result: 'failure', error: 'failed' };
  return ending === 'LEASE' ? { result: 'timeout', error: 'timeout' } : { result: 'error', error: 'interrupted' };
}

/** Of a step of it. One that still ran ended as the operation did. */
export function stepResultOf({ state, startedAt }: Step, operation: Operation): Result {
  if (state === 'SUCCEEDED') return { result: 'success', error: null };
  if (state === 'FAILED') return { result: 'failure', error: 'failed' };
  if (state === 'CANCELLED') return { result: 'cancellation', error: null };
  if (state === 'SKIPPED' || startedAt === null) return { result: 'skip', error: null };
  return resultOf(operation);
}
