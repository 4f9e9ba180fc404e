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
import { type DocumentNode, type GraphQLError, type GraphQLSchema, OperationTypeNode, parse } from 'graphql';
import type { Logger } from 'pino';
import { Fault } from '../domain/errors.js';
import type { Context } from '../graphql/context.js';
import { presentError } from '../graphql/errors.js';
import type { FirstMessage } from '../graphql/first-message.js';
import { isErrors, type PrepareOrCheck } from '../graphql/prepare.js';

/** Apollo Server, without what it would send elsewhere and what it would do for every field. */
export const createApollo = (
  schema: GraphQLSchema,
  prepare: PrepareOrCheck,
  firstMessage: FirstMessage,
  log: Logger,
): ApolloServer<Context> =>
  new ApolloServer<Context>({
    schema,
    logger: log,
    formatError: (_, error) => presentError(error, log),
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
      { requestDidStart: async () => checked(prepare, firstMessage, log) } satisfies ApolloServerPlugin<Context>,
    ],
  });

/**
 * Has a request's document parsed, validated and limited by `check`, as on the websocket: Apollo does neither for a
 * request that has its document already. One that is refused is given a harmless document, and answered before that
 * is executed. A subscription is answered with its first message.
 */
function checked(prepare: PrepareOrCheck, firstMessage: FirstMessage, log: Logger): GraphQLRequestListener<Context> {
  let errors: readonly GraphQLError[] = [];
  return {
    async didResolveSource(context) {
      const { source: query, request, contextValue } = context;
      const { operationName, variables } = request;
      const result = prepare.check({ query, operationName, variables }, contextValue.caller);
      if (isErrors(result)) errors = result;
      const document: DocumentNode = isErrors(result) ? harmless : result.document;
      Object.assign(context, { document });
    },

    async responseForOperation({ operation, source, request: { operationName, variables }, contextValue }) {
      if (errors.length > 0) return refused(errors, log, isForbidden(errors) ? 403 : 400);
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return null;
      const prepared = prepare({ query: source, operationName, variables }, contextValue.caller);
      if (isErrors(prepared)) return refused(prepared, log, 400);
      const message = await firstMessage(prepared, contextValue.caller, contextValue.signal).catch((error) => [error]);
      return isErrors(message) ? refused(message, log, 200) : single(message, 200);
    },
  };
}

const isForbidden = (errors: readonly GraphQLError[]) =>
  errors.some(({ originalError }) => originalError instanceof Fault && originalError.code === 'FORBIDDEN');

const refused = (errors: readonly unknown[], log: Logger, status: number): GraphQLResponse =>
  single({ errors: errors.map((error) => presentError(error, log)) }, status);

const single = (singleResult: object, status: number): GraphQLResponse => ({
  http: { status, headers: new HeaderMap() },
  body: { kind: 'single', singleResult },
});

const harmless = parse('{ __typename }');
