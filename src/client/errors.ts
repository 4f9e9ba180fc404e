import type { ErrorCode } from '../generated/client.js';

/**
 * Why the server refused a request, or could not be reached. `code` is from the API's closed list; a server that cannot
 * be reached is UNAVAILABLE. `retryable`: the same call may succeed later, as the server says, where it says so.
 */
export class StepcastError extends Error {
  override readonly name = 'StepcastError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    { retryable = code === 'UNAVAILABLE', operationId, retryAfter, ...options }: StepcastErrorOptions = {},
  ) {
    super(message, options);
    this.retryable = retryable;
    this.operationId = operationId;
    this.retryAfter = retryAfter;
  }
  readonly retryable: boolean;
  /** With CONFLICT: the operation that is in the way. */
  readonly operationId: string | undefined;
  /** Milliseconds to wait before the call is made again, where the server asked for that. */
  readonly retryAfter: number | undefined;
}

interface StepcastErrorOptions extends ErrorOptions {
  readonly retryable?: boolean;
  readonly operationId?: string | undefined;
  readonly retryAfter?: number | undefined;
}

/** Whether the server does not accept who is asking: another token may be accepted. */
export const isRefusal = (error: unknown): error is StepcastError =>
  error instanceof StepcastError && error.code === 'UNAUTHENTICATED';

/** Milliseconds: however long a server asks to wait, reports must not age for days. */
const longestWait = 5 * 60_000;

/** Milliseconds that a server asks to wait, as long as is waited for. */
export const within = (milliseconds: number) => Math.min(longestWait, Math.max(0, milliseconds));

/** The first of a response's errors; INTERNAL when it has no code. */
export function fromResponse(errors: readonly ResponseError[], retryAfter?: number): StepcastError {
  const [first] = errors;
  const code = (first?.extensions?.code as ErrorCode | undefined) ?? 'INTERNAL';
  const { retryable, operationId, retryAfterSeconds } = first?.extensions ?? {};
  const message = first?.message ?? 'expected a reason with an error, got none';
  return new StepcastError(code, message, {
    retryAfter: retryAfter ?? (typeof retryAfterSeconds === 'number' ? within(retryAfterSeconds * 1000) : undefined),
    ...(typeof retryable === 'boolean' && { retryable }),
    ...(typeof operationId === 'string' && { operationId }),
  });
}

export interface ResponseError {
  readonly message: string;
  readonly extensions?: { readonly [name: string]: unknown };
}
