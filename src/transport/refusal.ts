import { type ErrorCode, Fault } from '../domain/errors.js';
import { statusOf } from '../rest/errors.js';

/** Why a request goes no further: the status of the answer, and the error in it. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** Headers that belong to the status, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds after which the same may be sent again, where that is so. */
  readonly retryAfterSeconds?: number | undefined;
}

/** A refusal on its way to the error handler. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** A Fault that happened outside of any operation. */
export function refusalOfFault(fault: Fault): Refusal {
  const { code, message, retryable, details } = fault;
  const refusal = { status: statusOf(fault), code, message };
  return retryable ? { ...refusal, retryAfterSeconds: details.retryAfterSeconds ?? 1 } : refusal;
}

/** Does what may be refused; a Fault becomes a RefusedError. */
export function unlessRefused<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Fault ? new RefusedError(refusalOfFault(error)) : error;
  }
}

export const refusalBody = ({ message, code, retryAfterSeconds }: Refusal): string =>
  JSON.stringify({
    errors: [
      { message, extensions: { code, ...(retryAfterSeconds !== undefined && { retryable: true, retryAfterSeconds }) } },
    ],
  });

export const refusalHeaders = ({ headers, retryAfterSeconds }: Refusal): Readonly<Record<string, string>> => ({
  ...headers,
  ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
});

/** On every answer. */
export const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
