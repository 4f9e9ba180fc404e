import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestListener, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type DocumentNode, GraphQLError, type GraphQLSchema, OperationTypeNode, parse } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../graphql/context.js';
import { presentError } from '../graphql/errors.js';
import { type CheckOperation, isErrors } from '../graphql/prepare.js';

/** Apollo Server, without what it would send elsewhere and what it would do for every field. */
export const createApollo = (schema: GraphQLSchema, check: CheckOperation, log: Logger): ApolloServer<Context> =>
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
      { requestDidStart: async () => checked(check, log) } satisfies ApolloServerPlugin<Context>,
    ],
  });

/**
 * Has a request's document parsed, validated and limited by `check`, as on the websocket: Apollo does neither for a
 * request that has its document already. One that is refused is given a harmless document, and answered before that
 * is executed.
 */
function checked(check: CheckOperation, log: Logger): GraphQLRequestListener<Context> {
  let errors: readonly GraphQLError[] = [];
  return {
    async didResolveSource(context) {
      const result = check({
        query: context.source,
        operationName: context.request.operationName,
        variables: context.request.variables,
      });
      if (isErrors(result)) errors = result;
      const document: DocumentNode = isErrors(result) ? harmless : result.document;
      Object.assign(context, { document });
    },

    async didResolveOperation({ operation }) {
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
      throw new GraphQLError(
        'expected a query or a mutation over HTTP, got a subscription: open it over the websocket at the same path',
        { extensions: { http: { status: 400 } } },
      );
    },

    async responseForOperation() {
      if (errors.length === 0) return null;
      const singleResult = { errors: errors.map((error) => presentError(error, log)) };
      return { http: { status: 400, headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
    },
  };
}

const harmless = parse('{ __typename }');
