import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { guardRootFields } from './permissions.js';
import { Cluster } from './resolvers/cluster.js';
import { ErrorGroup } from './resolvers/error-group.js';
import { StepRun } from './resolvers/estimate.js';
import { ClusterEvent } from './resolvers/event.js';
import { Mutation } from './resolvers/mutation.js';
import { Node } from './resolvers/node.js';
import { ClusterOperation } from './resolvers/operation.js';
import { Plugin } from './resolvers/plugin.js';
import { Query } from './resolvers/query.js';
import { ClusterProvisionStep } from './resolvers/step.js';
import { Subscription } from './resolvers/subscription.js';
import { StepUnit } from './resolvers/unit.js';
import { DateTime } from './scalars.js';

/** `schema.graphql`, with what answers it. Each root field judges its caller. */
export const loadSchema = (): GraphQLSchema => guardRootFields(makeExecutable());

const makeExecutable = () =>
  makeExecutableSchema({
    typeDefs: readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
    resolvers: {
      DateTime,
      Query,
      Mutation,
      Subscription,
      Cluster,
      ClusterEvent,
      ClusterOperation,
      ClusterProvisionStep,
      ErrorGroup,
      Node,
      Plugin,
      StepRun,
      StepUnit,
    },
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
