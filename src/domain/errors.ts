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

/** A fault the caller is told of. Its message says what was expected and what came. Anything else thrown is INTERNAL. */
export class Fault extends Error {
  override readonly name = 'Fault';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** W9: the same words for what never was, what is deleted, and what is another tenant's. */
export const notFound = (what: string, id: string) =>
  new Fault('NOT_FOUND', `expected the id of ${what}, got ${JSON.stringify(id)}, which names none`);

/** Another commit came in between that could not be seen when this one was judged: to be judged again. */
export class Clash extends Error {
  override readonly name = 'Clash';
}
