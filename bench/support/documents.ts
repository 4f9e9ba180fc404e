import type { Document } from './subscribers.js';

/** The subscription of a page that shows a cluster's steps. */
export const progressOf = (clusterId: string): Document => ({
  query: `subscription ($id: ID!) { clusterProgress(clusterId: $id) { ${fields} } }`,
  variables: { id: clusterId },
});

/** The same in `count` variants, each of which is another document to the server. */
export function variantsOf(clusterId: string, count: number): Document[] {
  const { query, variables } = progressOf(clusterId);
  return Array.from({ length: count }, (_, number) => ({
    query: query.replace('revision', `revision${number}: revision`),
    variables,
  }));
}

const fields = `revision snapshot
  cluster { id name status statusDescription revision updatedAt }
  operations { id type state progress startedAt completedAt }
  steps { id operationId stepName stepType position state completed failed total successful startedAt completedAt duration summary }`;

const key = Buffer.from('"completed":');

/** `completed` of the first step in a message; null when it has none. */
export function completedIn(payload: Buffer): number | null {
  const at = payload.indexOf(key);
  if (at === -1) return null;
  let value = 0;
  for (let index = at + key.length; ; index += 1) {
    const digit = (payload[index] ?? 0) - 48;
    if (digit < 0 || digit > 9) return value;
    value = value * 10 + digit;
  }
}
