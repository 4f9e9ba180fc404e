import type { ErrorCode } from '../generated/client.js';

/**
 * What the server refused, or why it could not be asked. `code` is from the API's closed list; a server that cannot be
 * reached is UNAVAILABLE. `retryable`: the very same call may succeed later.
 */
export class StepcastError extends Error {
  override readonly name = 'StepcastError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
  get retryable(): boolean {
    return this.code === 'UNAVAILABLE';
  }
}

/** The first of a response's errors; INTERNAL when it does not name its code. */
export function fromResponse(errors: readonly ResponseError[]): StepcastError {
  const [first] = errors;
  const code = (first?.extensions?.code as ErrorCode | undefined) ?? 'INTERNAL';
  return new StepcastError(code, first?.message ?? 'expected a reason with an error, got none');
}

export interface ResponseError {
  readonly message: string;
  readonly extensions?: { readonly [name: string]: unknown };
}
