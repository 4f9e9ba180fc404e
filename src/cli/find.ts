import { type Client, StepcastError } from '../client/index.js';

/** The cluster with this id or, if it is not a UUID, with exactly this name. */
export async function findCluster(client: Client, wanted: string): Promise<{ id: string; name: string }> {
  const found = uuid.test(wanted) ? await client.cluster(wanted) : await byName(client, wanted);
  if (found) return found;
  throw new StepcastError('NOT_FOUND', `expected the id or the name of a cluster, got ${JSON.stringify(wanted)}`);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function byName(client: Client, name: string) {
  const [found, ...others] = await allNamed(client, name);
  if (others.length === 0) return found;
  const ids = [found, ...others].map((cluster) => `\n  ${cluster?.id}`);
  throw new TypeError(
    `expected the name of one cluster, got one that ${ids.length} clusters have; pass an id:${ids.join('')}`,
  );
}

/** The filter of the API also matches parts of names. */
async function allNamed(client: Client, name: string) {
  const found = [];
  for (let after: string | null | undefined; after !== null; ) {
    const { nodes, pageInfo } = await client.clusters({ filter: { name }, first: 500, after });
    found.push(...nodes.filter((cluster) => cluster.name === name));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  }
  return found;
}
