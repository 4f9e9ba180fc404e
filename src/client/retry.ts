import { StepcastError } from './errors.js';

/**
 * How often a call that failed is worth making again. `unlimited`: it may succeed as it is, as the server says, or
 * the server was not reached. `limited`: the server failed at it, for the moment or because of what is in it. `none`: it would
 * be refused again.
 */
export function repetition(error: unknown): 'unlimited' | 'limited' | 'none' {
  if (!(error instanceof StepcastError)) return 'none';
  // A missing or outdated token may be replaced: every call asks for one.
  if (error.retryable || error.code === 'UNAUTHENTICATED') return 'unlimited';
  return error.code === 'INTERNAL' ? 'limited' : 'none';
}

/** Milliseconds: the bound of the first pause, and of all later ones. */
const first = 250;
const longest = 30_000;

/**
 * Milliseconds to wait before the next attempt after `failures` failed ones: random between 0 and a bound that doubles
 * (full jitter), so that the many clients that lost one server do not come back at the same moment; that much after the
 * time which the server asked for, if it did.
 */
export function pause(failures: number, error?: unknown): number {
  const { retryAfter = 0 } = error instanceof StepcastError ? error : {};
  return retryAfter + Math.random() * Math.min(longest, first * 2 ** Math.min(failures, 20));
}
