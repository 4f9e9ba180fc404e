import type { ErrorCode } from '../../generated/client.js';
import { fromResponse, StepcastError } from '../errors.js';

/** Why a subscription ended for good; null when it is to be tried again. */
export function finalFault(error: unknown): StepcastError | null {
  if (Array.isArray(error)) {
    const fault = fromResponse(error);
    return fault.retryable ? null : fault;
  }
  const { code, reason } = (error ?? {}) as { code?: number; reason?: string };
  const fatal = code === undefined ? undefined : finalCloses.get(code);
  return fatal ? new StepcastError(fatal, `the server closed the connection: ${code} ${reason}`) : null;
}

/** Close codes after which coming back is in vain. 4403 is none: a fresh token may be let in. */
const finalCloses = new Map<number, ErrorCode>([
  [4400, 'BAD_USER_INPUT'],
  [4401, 'UNAUTHENTICATED'],
  [4406, 'BAD_USER_INPUT'],
]);
