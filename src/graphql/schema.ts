import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { Cluster } from './resolvers/cluster.js';
import { Mutation } from './resolvers/mutation.js';
import { ClusterOperation } from './resolvers/operation.js';
import { Query } from './resolvers/query.js';
import { ClusterProvisionStep } from './resolvers/step.js';
import { Subscription } from './resolvers/subscription.js';
import { DateTime } from './scalars.js';

/** `schema.graphql`, with what answers it. */
export const loadSchema = (): GraphQLSchema =>
  makeExecutableSchema({
    typeDefs: readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
    resolvers: { DateTime, Query, Mutation, Subscription, Cluster, ClusterOperation, ClusterProvisionStep },
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
