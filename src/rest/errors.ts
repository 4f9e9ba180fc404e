import type { ErrorCode, Fault } from '../domain/errors.js';

/** An error as OpenStack's services answer it: the status again, what was expected and what came, the code. */
export interface ErrorBody {
  readonly error_code: number;
  readonly error_message: string;
  readonly error_name: ErrorCode;
}

export const errorBody = (status: number, name: ErrorCode, message: string): ErrorBody => ({
  error_code: status,
  error_message: message,
  error_name: name,
});

/** The status of an answer that failed so. */
export const statusOf = ({ code, retryable }: Fault): number =>
  code === 'LIMIT_EXCEEDED' && retryable ? 429 : statuses[code];

const statuses: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  STEP_OUT_OF_ORDER: 409,
  STEP_CLOSED: 409,
  TOTAL_EXCEEDED: 409,
  LIMIT_EXCEEDED: 400,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};
