import type { ListedCluster } from 'stepcast/client';
import { type OperationLook, operationLook } from '../ui/state.js';

/** Milliseconds for which an operation that has failed asks for attention. */
const recent = 24 * 3_600_000;

/** How a cluster looks: what its newest operation is at, or how it ended. */
export type ClusterLook = OperationLook | 'none';

export const clusterLook = ({ lastOperation }: ListedCluster): ClusterLook =>
  lastOperation ? operationLook(lastOperation, lastOperation.steps) : 'none';

/** The rank of what needs no looking at. */
const others = 4;

/** Lower is first. `since`: milliseconds that have passed since a time of the server's. */
function rank(cluster: ListedCluster, since: (time: string) => number): number {
  switch (clusterLook(cluster)) {
    case 'failing':
      return 0;
    case 'failed':
    case 'interrupted':
      return since(cluster.lastOperation?.completedAt ?? cluster.updatedAt) < recent ? 1 : others;
    case 'stalled':
      return 2;
    case 'running':
      return 3;
    default:
      return others;
  }
}

const down = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);

/**
 * What needs looking at first: what fails, what has failed within the last day, what is stalled, what runs, then the rest
 * by their last change. What runs changes all the time: it is ordered by when its operation began, which stays.
 */
export function byAttention(
  clusters: readonly ListedCluster[],
  since: (time: string) => number,
): readonly ListedCluster[] {
  const keyed = clusters.map((cluster) => {
    const place = rank(cluster, since);
    return { cluster, place, at: place < others ? (cluster.lastOperation?.startedAt ?? '') : cluster.updatedAt };
  });
  keyed.sort((a, b) => a.place - b.place || down(a.at, b.at) || down(a.cluster.id, b.cluster.id));
  return keyed.map(({ cluster }) => cluster);
}
