import { atMost } from '../../domain/input.js';
import type { QueryResolvers } from '../../generated/resolvers.js';
import { expectSize } from '../connection.js';
import { selects } from '../selects.js';
import { clusterConnection, clusterCounts, isName } from './clusters.js';
import { stepHistory } from './estimate.js';
import { eventsByErrorId, failureConnection } from './failures.js';
import { nodeById } from './node.js';

export const Query: QueryResolvers = {
  node: (_, { id }, context, info) => nodeById(id, context, selects('eventInfo', info)),
  nodes: (_, { ids }, context, info) =>
    Promise.all(atMost('ids', 100, ids).map((id) => nodeById(id, context, selects('eventInfo', info)))),
  cluster: (_, { id }, { loaders }) => loaders.cluster.load(id),
  clusters: (_, args, context, info) => clusterConnection(args, context, info),
  clusterCounts: (_, { filter }, context) => clusterCounts(filter, context),
  plugin: (_, { name }, { loaders }) => (isName(name) ? loaders.plugin.load(name) : null),
  plugins: (_, __, { readStore, reads, caller }) =>
    reads.rows(
      () => readStore.plugins(caller.tenantId),
      (plugins) => plugins.length,
    ),
  eventsByErrorId: (_, { errorId, first }, context, info) =>
    isName(errorId)
      ? eventsByErrorId(errorId, expectSize('first', first ?? 100), context, selects('eventInfo', info))
      : [],
  failures: (_, args, context, info) => failureConnection(args, context, info),
  stepHistory: (_, args, context) => stepHistory(args, context),
  viewer: (_, __, { caller }) => ({ id: `viewer:${caller.tenantId}`, ...caller }),
  server: async (_, __, { readStore, reads, about }) => ({ ...about, time: await reads.run(() => readStore.now()) }),
};
