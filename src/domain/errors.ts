import { shown } from './shown.js';

/** The closed list of what can go wrong, as callers see it: `errors[].extensions.code` and `ReportResult.code`. */
export const codes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'CONFLICT',
  'STEP_OUT_OF_ORDER',
  'STEP_CLOSED',
  'TOTAL_EXCEEDED',
  'LIMIT_EXCEEDED',
  'UNAVAILABLE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof codes)[number];

/**
 * What a program may go by: the field of the input, as `steps.2.total`; the operation or step that is in the way; with
 * LIMIT_EXCEEDED, in how many seconds the same may be sent again, if it was too much for the moment only.
 */
export interface FaultDetails {
  readonly field?: string;
  readonly operationId?: string;
  readonly stepId?: string;
  readonly retryAfterSeconds?: number;
}

/** An error that is returned to the caller. Its message says what was expected and what was received. Anything else thrown is INTERNAL. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly details: FaultDetails;
  constructor(
    readonly code: ErrorCode,
    message: string,
    { cause, ...details }: ErrorOptions & FaultDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.details = details;
  }

  /** Whether the same may go well when it is sent again as it is. */
  get retryable(): boolean {
    return this.code === 'UNAVAILABLE' || this.details.retryAfterSeconds !== undefined;
  }
}

/** More than is allowed at the moment; the same is not too much by itself. */
export const overLimit = (message: string, retryAfterSeconds = 1) =>
  new Fault('LIMIT_EXCEEDED', message, { retryAfterSeconds });

/** What cannot be done as things stand, and what is in the way. */
export const conflict = (message: string, details: FaultDetails = {}) => new Fault('CONFLICT', message, details);

/** W9: the same words for what never was, what is deleted, and what is another tenant's. */
export const notFound = (what: string, id: string) =>
  new Fault('NOT_FOUND', `expected the id of ${what}, got ${shown(id)}, which names none`);

/** Another commit came in between that could not be seen when this one was decided: to be decided again. */
export class Clash extends Error {
  override readonly name = 'Clash';
}
