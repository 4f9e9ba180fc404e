import type { Cluster } from '../domain/cluster.js';
import { clusterBody } from './bodies.js';
import { textBytes } from './limits.js';
import { invalid, limitOf } from './query.js';
import { readProgress } from './reads.js';
import type { Representation, Resource, ResourceRequest } from './resource.js';

/** The tenant's clusters with their steps, newest first. A page goes on behind `marker`, the last cluster of the one before it. */
export const clusterList: Resource = {
  path: '/v1.1/:tenantId/clusters',
  parameters: ['limit', 'marker'],
  read: async (request): Promise<Representation> => ({ body: () => bodyOf(request) }),
};

async function bodyOf(request: ResourceRequest) {
  const { readStore, tenantId, query } = request;
  const limit = limitOf(query);
  const after = await placeOf(request, query.get('marker'));
  const found = await readStore.clusterPage(tenantId, {}, { first: limit + 1, after });
  const page = withinTexts(found.slice(0, limit));
  const progress = await readProgress(request, page);
  const next = page.length < found.length ? page.at(-1)?.id : null;
  return {
    clusters: page.map((cluster, index) => clusterBody(cluster, progress[index] ?? { steps: [], current: null })),
    markers: { next },
  };
}

/** A cluster may have been deleted since its id was given out as a marker. */
async function placeOf({ readStore, tenantId }: ResourceRequest, marker: string | undefined) {
  if (marker === undefined) return undefined;
  const [place] = await readStore.clustersEvenDeleted(tenantId, [marker]);
  if (!place) throw invalid('marker to be the id of a cluster', marker);
  return { value: place.createdAt, id: place.id };
}

function withinTexts(clusters: readonly Cluster[]): readonly Cluster[] {
  let bytes = 0;
  const end = clusters.findIndex(({ statusDescription }) => {
    const isFull = bytes >= textBytes;
    bytes += Buffer.byteLength(statusDescription ?? '');
    return isFull;
  });
  return end === -1 ? clusters : clusters.slice(0, end);
}
