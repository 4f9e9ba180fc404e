import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, Fault, type FaultDetails } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import { cut, printable } from '../domain/shown.js';

/**
 * What a caller is shown of anything that went wrong, over HTTP and over the socket: a Fault as it is, a bad request
 * as BAD_USER_INPUT. All else is INTERNAL: it is masked, and logged with its cause under the `errorId` the caller is
 * given.
 */
export function presentError(error: unknown, log: Log): GraphQLFormattedError {
  const cause = causeOf(error);
  if (cause instanceof Fault) return shown(error, cause.message, extensionsOf(cause));
  if (cause instanceof GraphQLError && isCallers(error, cause)) {
    return shown(error, cause.message, { code: codeOf(cause), retryable: false });
  }
  const errorId = crypto.randomUUID();
  log.error({ errorId, err: cause, path: pathOf(error) }, 'a request failed by a fault of the server');
  return shown(error, `the server failed: its log has the cause under error id ${errorId}`, {
    code: 'INTERNAL',
    retryable: false,
    errorId,
  });
}

/** What programs may go by. `retryable`: the same may go well when it is sent again as it is. */
type Extensions = Omit<FaultDetails, 'field'> & {
  readonly code: string;
  readonly retryable: boolean;
  /** The path of an argument, as `["input", "steps", "2", "total"]`. */
  readonly field?: readonly string[];
  readonly errorId?: string;
};

const extensionsOf = ({ code, retryable, details: { field, ...others } }: Fault): Extensions => ({
  code,
  retryable,
  ...others,
  ...(field !== undefined && isPath.test(field) && { field: ['input', ...field.split('.')] }),
});

const isPath = /^\w+(\.\w+)*$/;

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

/**
 * Apollo Client asks for a persisted query by its hash first, and sends the document only after an error with this
 * code, which is Apollo's and not one of ours.
 */
const codeOf = ({ extensions }: GraphQLError): ErrorCode | typeof unpersisted =>
  extensions.code === unpersisted ? unpersisted : 'BAD_USER_INPUT';
const unpersisted = 'PERSISTED_QUERY_NOT_SUPPORTED';

/** Characters of a message: graphql-js repeats names and values whole, however long a caller makes them. */
const messageLimit = 1_000;

const pathOf = (error: unknown) => (error instanceof GraphQLError ? error.path : undefined);

function shown(error: unknown, message: string, extensions: Extensions) {
  const { locations, path } = error instanceof GraphQLError ? error : {};
  return {
    message: printable(cut(message, messageLimit)),
    ...(locations && { locations }),
    ...(path && { path }),
    extensions,
  };
}
