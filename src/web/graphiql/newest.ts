import { signedFetch } from './fetcher.js';

/** What an operator's tabs ask about at first; empty where nothing is recorded yet. */
export interface Newest {
  readonly clusterId?: string;
  readonly errorId?: string;
  readonly instanceName?: string;
}

const query = `{
  clusters(first: 1) {
    nodes { id events(filter: { successful: false }, last: 1) { nodes { errorId instanceName } } }
  }
}`;

/** The newest cluster, and its last failure. A page that cannot ask for them is as good with ids that are made up. */
export async function newest(graphql: URL): Promise<Newest> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await signedFetch(graphql, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const [cluster] = (await response.json()).data.clusters.nodes;
    const [failure] = cluster?.events.nodes ?? [];
    return { ...(cluster && { clusterId: cluster.id }), ...(failure && { ...failure }) };
  } catch {
    return {};
  }
}
