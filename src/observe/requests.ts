import type { Logger } from 'pino';
import type { Outcome } from '../graphql/outcome.js';
import type { Answer, OperationStart } from '../transport/telemetry.js';

/** Milliseconds after which a request is worth a line, whatever the level. */
const slowMs = 5_000;

/** Whose request it was: never what it was let in by. */
const who = ({ requestId, transport, identity }: Pick<Answer, 'requestId' | 'transport' | 'identity'>) => ({
  requestId,
  transport,
  tenantId: identity?.caller.tenantId,
  caller: identity?.id,
});

/** A line for each request at debug; at warn when it was slow, at error when the server has failed it. */
export function logAnswer(log: Logger, answer: Answer): void {
  const level = answer.status === 500 ? 'error' : answer.milliseconds >= slowMs ? 'warn' : 'debug';
  if (!log.isLevelEnabled(level)) return;
  const { method, route, status, code, milliseconds } = answer;
  log[level]({ ...who(answer), method, route, status, code, milliseconds: Math.round(milliseconds) }, 'answered');
}

/** A line for each operation, likewise. */
export function logOperation(log: Logger, start: OperationStart, outcome: Outcome, milliseconds: number): void {
  const { type, name, fields, codes, errorIds } = outcome;
  const level = errorIds.length > 0 ? 'error' : milliseconds >= slowMs ? 'warn' : 'debug';
  if (!log.isLevelEnabled(level)) return;
  const asked = { type, operationName: name?.slice(0, 200), rootFields: fields.map(({ field }) => field).slice(0, 50) };
  const answered = { codes, ...(errorIds.length > 0 && { errorIds }), milliseconds: Math.round(milliseconds) };
  log[level]({ ...who(start), ...asked, ...answered }, 'an operation was answered');
}
