// What a page of clusters costs, each with the step it is at.
import type { Run } from './support/bench.js';
import { type Figure, single } from './support/figure.js';
import { fleet } from './support/fleet.js';
import { graphql } from './support/graphql.js';
import { startClients, startServer } from './support/server.js';
import { median } from './support/statistics.js';

export async function list(run: Run): Promise<Figure[]> {
  const { child, url } = await startServer(run);
  const readers = startClients(run, 'reporters');
  await fleet(url, run.size(50, 5), 3);

  const before = await child.ask<number>('statements');
  await graphql(url, query);
  const statements = (await child.ask<number>('statements')) - before;
  const times = await readers.ask<number[]>('ask', { url, query, variables: {}, times: run.size(1000, 20) });
  return [
    single('list', statements, 'SQL statements for 50 clusters with their current steps', '≤ 3'),
    single('list', median(times), 'ms for 50 clusters with their current steps', null),
  ];
}

const query = `{ clusters(first: 50) { pageInfo { hasNextPage endCursor } nodes { id name status revision updatedAt
  currentStep { id stepName state completed failed total summary startedAt } } } }`;
