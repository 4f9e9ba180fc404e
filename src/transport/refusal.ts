import type { ErrorCode, Fault } from '../domain/errors.js';
import { statusOf } from '../rest/errors.js';

/** Why a request goes no further: the status of the answer, and the error in it. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** Headers that belong to the status, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal on its way to the error handler. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** A Fault that happened outside of any operation. */
export function refusalOfFault({ code, message }: Fault): Refusal {
  const status = statusOf(code);
  return { status, code, message, ...(status === 503 && { headers: { 'retry-after': '1' } }) };
}

export const refusalBody = ({ message, code }: Refusal): string =>
  JSON.stringify({ errors: [{ message, extensions: { code } }] });

/** On every answer. */
export const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
