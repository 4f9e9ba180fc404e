// What it costs to read a cluster with a long log: as much as to read one without.
import type { Load } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import type { Child } from './support/child.js';
import { compare } from './support/compare.js';
import { type Figure, single } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { graphql } from './support/graphql.js';
import { type Server, startClients, startServer } from './support/server.js';
import { median } from './support/statistics.js';

const steps = 30;

export async function read(run: Run): Promise<Figure[]> {
  const server = await startServer(run);
  const readers = startClients(run, 'reporters');
  const [empty, full] = (await fleet(server.url, 2, steps)) as [Target, Target];
  await fill(readers, server, full, run.size(100_000, 1000));

  const readsOf =
    ({ clusterId }: Target) =>
    async () => {
      const asking = { url: server.url, query: progress, variables: { id: clusterId }, times: run.size(1000, 20) };
      return median(await readers.ask<number[]>('ask', asking));
    };
  const times = await compare(run, {
    bench: 'read',
    unit: 'ms for provisioningProgress with all fields',
    ours: readsOf(full),
    references: [{ name: 'without events', turn: readsOf(empty), aim: '≤ 1.1' }],
  });
  const ofProgress = await statements(server, progress, full);
  const ofEvents = await statements(server, events, full);
  return [
    ...times,
    single('read', ofProgress, 'SQL statements for provisioningProgress', '≤ 3'),
    single('read', ofEvents, 'SQL statements for a page of 100 events', '≤ 2'),
  ];
}

/** Reports of the first step: the counters are kept for each, the rows are what could slow a reader down. */
async function fill(reporters: Child, { url }: Server, { stepIds }: Target, events: number) {
  const load: Load = { url, connections: 4, stepIds: stepIds.slice(0, 1), events: 100, reports: events / 100 };
  await reporters.ask('report', load);
}

async function statements({ child, url }: Server, query: string, { clusterId }: Target): Promise<number> {
  const before = await child.ask<number>('statements');
  await graphql(url, query, { id: clusterId });
  return (await child.ask<number>('statements')) - before;
}

const progress = `query ($id: ID!) { cluster(id: $id) { id name status revision provisioningProgress {
  id clusterId operationId stepName stepType source position state completed failed total successful
  startedAt completedAt duration summary createdAt updatedAt } } }`;

const events = `query ($id: ID!) { cluster(id: $id) { events(first: 100) { pageInfo { hasNextPage endCursor } nodes {
  id clusterId provisionStepId nodeGroupId instanceId instanceName eventInfo successful errorId createdAt updatedAt } } } }`;
