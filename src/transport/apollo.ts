import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestListener } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../graphql/context.js';
import { presentError } from '../graphql/errors.js';
import { parseOptions } from '../graphql/prepare.js';

/** Apollo Server, without what it would send elsewhere and what it would do for every field. */
export const createApollo = (schema: GraphQLSchema, log: Logger): ApolloServer<Context> =>
  new ApolloServer<Context>({
    schema,
    logger: log,
    parseOptions,
    formatError: (_, error) => presentError(error, log),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      noSubscriptions,
    ],
  });

const answerOnly: GraphQLRequestListener<Context> = {
  async didResolveOperation({ operation }) {
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
    throw new GraphQLError(
      'expected a query or a mutation over HTTP, got a subscription: open it over the websocket at the same path',
      { extensions: { http: { status: 400 } } },
    );
  },
};

const noSubscriptions: ApolloServerPlugin<Context> = { requestDidStart: async () => answerOnly };
