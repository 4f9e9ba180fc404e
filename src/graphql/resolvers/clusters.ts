import type { GraphQLResolveInfo } from 'graphql';
import type { Cluster } from '../../domain/cluster.js';
import { atMost, limits } from '../../domain/input.js';
import type { ClusterOrder, ClusterFilter as Filter } from '../../domain/ports.js';
import type { ClusterFilter, QueryClustersArgs } from '../../generated/resolvers.js';
import { connection } from '../connection.js';
import type { Context } from '../context.js';
import { clusterCursors } from '../cursors.js';

const newestFirst: ClusterOrder = { field: 'CREATED_AT', direction: 'DESC' };

/** A page of the tenant's clusters. */
export function clusterConnection(
  { filter, orderBy, ...page }: Partial<QueryClustersArgs>,
  { readStore, reads, caller }: Context,
  info: GraphQLResolveInfo,
) {
  const order = orderBy ?? newestFirst;
  const wanted = conditions(filter);
  return connection(page, info, clusterCursors(order), placeIn(order), async (page) => ({
    rows: namesNothing(wanted)
      ? []
      : await reads.texts(() => readStore.clusterPage(caller.tenantId, wanted, { ...page, order }), bytesOf),
  }));
}

export async function clusterCounts(filter: ClusterFilter | null | undefined, { readStore, reads, caller }: Context) {
  const wanted = conditions(filter);
  if (namesNothing(wanted)) return { all: 0, running: 0, failed: 0, failing: 0, stalled: 0, idle: 0 };
  return reads.run(() => readStore.clusterCounts(caller.tenantId, wanted));
}

/** A longer text is the name of nothing. */
export const isName = (text: string) => text.length <= 2 * limits.name;

const namesNothing = ({ name }: Filter) => name !== undefined && !isName(name);

const bytesOf = (clusters: readonly Cluster[]) =>
  clusters.reduce((sum, { statusDescription }) => sum + Buffer.byteLength(statusDescription ?? ''), 0);

const placeIn = ({ field }: ClusterOrder) => {
  const property = ({ CREATED_AT: 'createdAt', UPDATED_AT: 'updatedAt', NAME: 'name' } as const)[field];
  return (cluster: Cluster) => ({ value: cluster[property], id: cluster.id });
};

const most = 50;

/** A condition given as null is none. */
export function conditions(filter: ClusterFilter | null | undefined): Filter {
  const { ids, status, name, pluginName, state, type, running, failing, stalled, updatedSince, deleted } = filter ?? {};
  return {
    ids: ids ? atMost('ids in the filter', 1_000, ids) : undefined,
    status: status ? atMost('statuses in the filter', most, status) : undefined,
    name: name ?? undefined,
    pluginName: pluginName ? atMost('plugin names in the filter', most, pluginName) : undefined,
    state: state ? atMost('states in the filter', most, state) : undefined,
    type: type ?? undefined,
    running: running ?? undefined,
    failing: failing ?? undefined,
    stalled: stalled ?? undefined,
    updatedSince: updatedSince ?? undefined,
    deleted: deleted ?? false,
  };
}
