import type { ErrorCode } from '../../generated/client.js';
import { fromResponse, StepcastError } from '../errors.js';
import { repetition } from '../retry.js';

/** How often in a row the server may fail at a subscription (INTERNAL). */
const mostFaults = 3;

/** The error of a subscription that is not to be retried after so many failures in a row; null when it is. */
export function finalFault(error: unknown, failures: number): StepcastError | null {
  const told = faultOf(error);
  if (told) return finalOf(told, failures);
  const { code, reason } = (error ?? {}) as { code?: number; reason?: string };
  if (isMisread(error) && failures >= mostFaults)
    return new StepcastError('INTERNAL', `expected messages of a Stepcast server: ${error.message}`, { cause: error });
  const fatal = code === undefined ? undefined : finalCloses.get(code);
  return fatal ? new StepcastError(fatal, `the server closed the connection: ${code} ${reason}`) : null;
}

/** What the server said of a subscription that it ended; null: the connection was lost, which says nothing. */
export const faultOf = (error: unknown): StepcastError | null => (Array.isArray(error) ? fromResponse(error) : null);

/** The same of a question that was asked over HTTP. */
export function finalPollFault(error: unknown, failures: number): StepcastError | null {
  const fault =
    error instanceof StepcastError
      ? error
      : new StepcastError('INTERNAL', `expected messages of a Stepcast server: ${String(error)}`, { cause: error });
  return finalOf(fault, failures);
}

/** Another token is asked for with the next connection or question only. */
function finalOf(fault: StepcastError, failures: number): StepcastError | null {
  if (fault.code === 'UNAUTHENTICATED') return fault;
  const most = { unlimited: Number.POSITIVE_INFINITY, limited: mostFaults, none: 0 }[repetition(fault)];
  return failures < most ? null : fault;
}

/** Whether an error is that of reading a message. Those of the connection are events, or have a code. */
export const isMisread = (error: unknown): error is Error => error instanceof Error && !('code' in error);

/** Close codes after which reconnecting would fail again. 4403 is not one of them: a fresh token may be accepted. */
const finalCloses = new Map<number, ErrorCode>([
  [4400, 'BAD_USER_INPUT'],
  [4401, 'UNAUTHENTICATED'],
  [4406, 'BAD_USER_INPUT'],
]);
