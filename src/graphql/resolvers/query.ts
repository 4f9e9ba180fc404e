import type { Cluster } from '../../domain/cluster.js';
import type { ClusterFilter as Filter } from '../../domain/ports.js';
import type { ClusterFilter, QueryResolvers } from '../../generated/resolvers.js';
import { connection } from '../connection.js';
import { clusterCursors } from '../cursors.js';

export const Query: QueryResolvers = {
  cluster: (_, { id }, { loaders }) => loaders.cluster.load(id),
  clusters: (_, { filter, ...page }, { library, caller }) =>
    connection(page, clusterCursors, placeOf, (page) =>
      library.clusterPage(caller.tenantId, conditions(filter ?? {}), page),
    ),
  plugin: async (_, { name }, { library, caller }) => (await library.plugins(caller.tenantId, [name]))[0] ?? null,
  plugins: (_, __, { library, caller }) => library.plugins(caller.tenantId),
  eventByErrorId: (_, { errorId }, { library, caller }) => library.eventByErrorId(caller.tenantId, errorId),
  viewer: (_, __, { caller }) => caller,
};

const placeOf = ({ createdAt, id }: Cluster) => ({ createdAt, id });

/** A condition given as null is none. */
const conditions = ({ status, name, running }: ClusterFilter): Filter => ({
  status: status ?? undefined,
  name: name ?? undefined,
  running: running ?? undefined,
});
