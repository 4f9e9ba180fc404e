import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, Fault } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import { tooDeep } from './prepare.js';

/**
 * What a caller is shown of anything that went wrong, over HTTP and over the socket: a Fault as it is, a bad request
 * as BAD_USER_INPUT. All else is INTERNAL: it is masked, and logged with its cause under the `errorId` the caller is
 * given.
 */
export function presentError(error: unknown, log: Log): GraphQLFormattedError {
  const cause = causeOf(error);
  if (cause instanceof Fault) return shown(error, cause.message, { code: cause.code });
  if (cause instanceof RangeError && isParsers(error)) return shown(error, tooDeep, { code: 'BAD_USER_INPUT' });
  if (cause instanceof GraphQLError && isCallers(error, cause)) {
    return shown(error, cause.message, { code: 'BAD_USER_INPUT' });
  }
  const errorId = crypto.randomUUID();
  log.error({ errorId, err: cause, path: pathOf(error) }, 'a request failed by a fault of the server');
  return shown(error, `the server failed: its log has the cause under error id ${errorId}`, {
    code: 'INTERNAL',
    errorId,
  });
}

/** What was thrown, beneath what graphql-js and Apollo have wrapped around it. */
function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? causeOf(error.originalError) : error;
}

/**
 * Whether graphql-js or Apollo found fault with the request: before anything ran, or with an argument in the
 * document. A value that a resolver returned and that does not fit its type points to no document, and is the
 * server's fault.
 */
const isCallers = (error: unknown, cause: GraphQLError) =>
  cause.extensions.code !== 'INTERNAL_SERVER_ERROR' && (pathOf(error) === undefined || cause.nodes !== undefined);

/** Whether it was thrown while Apollo parsed: the parser's stack grows with the document. */
const isParsers = (error: unknown) => error instanceof GraphQLError && error.extensions.code === 'GRAPHQL_PARSE_FAILED';

const pathOf = (error: unknown) => (error instanceof GraphQLError ? error.path : undefined);

function shown(error: unknown, message: string, extensions: { code: ErrorCode; errorId?: string }) {
  const { locations, path } = error instanceof GraphQLError ? error : {};
  return { message, ...(locations && { locations }), ...(path && { path }), extensions };
}
