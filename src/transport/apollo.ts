import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestListener,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type DocumentNode, GraphQLError, type GraphQLSchema, OperationTypeNode, parse } from 'graphql';
import type { Logger } from 'pino';
import { Fault } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import type { Context } from '../graphql/context.js';
import { presentError } from '../graphql/errors.js';
import type { FirstMessage } from '../graphql/first-message.js';
import { outcomeOf } from '../graphql/outcome.js';
import { type CheckedOperation, isErrors, type PrepareOrCheck } from '../graphql/prepare.js';
import type { CallerLimits } from '../limits/caller-limits.js';
import { logFor } from './request-id.js';
import type { RunningOperation } from './telemetry.js';

/** What Apollo is given of a request. Resolvers know nothing of limits, or of how it is told of. */
export interface HttpContext extends Context {
  readonly limits: CallerLimits;
  readonly requestId: string;
  readonly running: RunningOperation;
}

/** Apollo Server, without what it would send elsewhere and what it would do for every field. */
export const createApollo = (
  schema: GraphQLSchema,
  prepare: PrepareOrCheck,
  firstMessage: FirstMessage,
  log: Logger,
): ApolloServer<HttpContext> =>
  new ApolloServer<HttpContext>({
    schema,
    logger: log,
    formatError: (_, error) => presentError(error, logFor(log, requestOf(error))),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    // Documents come from `check`, which keeps them.
    documentStore: null,
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      { requestDidStart: async () => checked(prepare, firstMessage, log) } satisfies ApolloServerPlugin<HttpContext>,
    ],
  });

/**
 * Has a request's document parsed, validated and limited by `check`, as on the websocket: Apollo does neither for a
 * request that has its document already. One that is refused is given a harmless document, and answered before that
 * is executed. A subscription is answered with its first message.
 */
function checked(
  prepare: PrepareOrCheck,
  firstMessage: FirstMessage,
  log: Logger,
): GraphQLRequestListener<HttpContext> {
  let errors: readonly GraphQLError[] = [];
  let asked: CheckedOperation | null = null;
  return {
    async didResolveSource(context) {
      const { source: query, request, contextValue } = context;
      const { operationName, variables } = request;
      const result = prepare.check({ query, operationName, variables }, contextValue.caller);
      asked = isErrors(result) ? null : result;
      errors = isErrors(result) ? result : excess(result, contextValue.limits);
      const document: DocumentNode = isErrors(result) || errors.length > 0 ? harmless : result.document;
      Object.assign(context, { document });
    },

    async didEncounterErrors({ errors, contextValue }) {
      for (const error of errors) requests.set(error, contextValue.requestId);
    },

    async responseForOperation({ operation, source, request: { operationName, variables }, contextValue }) {
      const own = logFor(log, contextValue.requestId);
      if (errors.length > 0) return refused(errors, own, statusOf(errors));
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return null;
      const prepared = prepare({ query: source, operationName, variables }, contextValue.caller);
      if (isErrors(prepared)) return refused(prepared, own, 400);
      const message = await firstMessage(prepared, contextValue.caller, contextValue.signal).catch((error) => [error]);
      return isErrors(message) ? refused(message, own, 200) : single(message, 200);
    },

    async willSendResponse({ response: { body }, contextValue }) {
      contextValue.running.ended(outcomeOf(asked, body.kind === 'single' ? (body.singleResult.errors ?? []) : []));
    },
  };
}

/** Apollo presents errors without their request. */
const requests = new WeakMap<object, string>();
const requestOf = (error: unknown) => (typeof error === 'object' && error ? requests.get(error) : undefined);

/** Charges what the operation costs, or says why it is too much for now. */
function excess({ cost }: CheckedOperation, limits: CallerLimits): readonly GraphQLError[] {
  try {
    limits.charge(cost.nodes);
    return [];
  } catch (error) {
    if (error instanceof Fault) return [new GraphQLError(error.message, { originalError: error })];
    throw error;
  }
}

const faultOf = (error: unknown) =>
  error instanceof GraphQLError && error.originalError instanceof Fault ? error.originalError : null;

function statusOf(errors: readonly GraphQLError[]): number {
  const faults = errors.map(faultOf);
  if (faults.some((fault) => fault?.code === 'FORBIDDEN')) return 403;
  return faults.some((fault) => fault?.retryable) ? 429 : 400;
}

function refused(errors: readonly unknown[], log: Log, status: number): GraphQLResponse {
  const response = single({ errors: errors.map((error) => presentError(error, log)) }, status);
  const seconds = faultOf(errors[0])?.details.retryAfterSeconds;
  if (seconds !== undefined) response.http.headers.set('retry-after', String(seconds));
  return response;
}

const single = (singleResult: object, status: number): GraphQLResponse => ({
  http: { status, headers: new HeaderMap() },
  body: { kind: 'single', singleResult },
});

const harmless = parse('{ __typename }');
