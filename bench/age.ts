// What a report, and a message about it, cost of a cluster with a long history: as much as of one without.
import type { Flow } from './clients/readers.js';
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import type { Child } from './support/child.js';
import { compare, type Turn } from './support/compare.js';
import { variantsOf } from './support/documents.js';
import type { Figure } from './support/figure.js';
import { graphql } from './support/graphql.js';
import { type Server, startClients, startServer, webSocket } from './support/server.js';
import type { SubscribersOptions } from './support/subscribers.js';

/** Steps of each operation. */
const steps = 10;
/** Different documents in which the cluster is followed: what is made anew for each of them is what is measured. */
const documents = 10;

/** A cluster whose newest operation runs, and whose earlier ones have ended; its readers. */
interface Aged {
  readonly clusterId: string;
  readonly stepId: string;
  readonly readers: Child;
}

export async function age(run: Run): Promise<Figure[]> {
  const server = await startServer(run, { STEPCAST_PROGRESS_INTERVAL_MS: '0' });
  const reporters = startClients(run, 'reporters');
  const operations = run.size(1000, 20);
  const [old, young] = [await aged(run, server, operations), await aged(run, server, 1)];
  const name = 'of its 1st';
  const aim = '≤ 1.1';

  const reports = await compare(run, {
    bench: 'age',
    unit: `µs for a report of a cluster's ${operations}th operation`,
    ours: reported(run, server, reporters, old),
    references: [{ name, turn: reported(run, server, reporters, young), aim }],
  });
  for (const { clusterId, readers } of [old, young]) {
    const subscribers = { url: webSocket(server.url), readers: documents, documents: variantsOf(clusterId, documents) };
    await readers.ask('open', subscribers satisfies SubscribersOptions);
  }
  const messages = await compare(run, {
    bench: 'age',
    unit: `ms for a change in ${documents} documents of a cluster's ${operations}th operation`,
    ours: followed(run, server, reporters, old),
    references: [{ name, turn: followed(run, server, reporters, young), aim }],
  });
  return [...reports, ...messages];
}

/** Reports on a cluster without subscribers. */
const reported =
  (run: Run, { url }: Server, reporters: Child, { stepId }: Aged): Turn =>
  async () => {
    const load: Load = { url, connections: 4, stepIds: [stepId], events: 1, seconds: run.seconds };
    const { reports, seconds } = await reporters.ask<Loaded>('report', load);
    return (seconds / reports) * 1e6;
  };

/** Reports as fast as they are answered, every change sent in every document. */
const followed =
  (run: Run, { url }: Server, reporters: Child, { stepId, readers }: Aged): Turn =>
  async () => {
    const load: Load = { url, connections: 4, stepIds: [stepId], events: 1, seconds: run.seconds };
    const [{ rate }] = await Promise.all([readers.ask<Flow>('count', run.seconds), reporters.ask('report', load)]);
    return (documents / rate) * 1000;
  };

async function aged(run: Run, { url }: Server, operations: number): Promise<Aged> {
  const input = { name: `of ${operations} operations` };
  const { createCluster } = await graphql<{ createCluster: { cluster: { id: string } } }>(
    url,
    'mutation ($input: CreateClusterInput!) { createCluster(input: $input) { cluster { id } } }',
    { input },
  );
  const clusterId = createCluster.cluster.id;
  for (let number = 1; number < operations; number += 1) await ended(url, await begun(url, clusterId));
  const { stepId } = await begun(url, clusterId);
  return { clusterId, stepId, readers: startClients(run, 'readers') };
}

interface Operation {
  readonly id: string;
  /** The step that runs. */
  readonly stepId: string;
}

async function begun(url: string, clusterId: string): Promise<Operation> {
  const plan = Array.from({ length: steps }, (_, position) => ({ stepName: `Part ${position}`, total: 1_000_000 }));
  const { startOperation } = await graphql<{ startOperation: { operation: { id: string; steps: { id: string }[] } } }>(
    url,
    'mutation ($input: StartOperationInput!) { startOperation(input: $input) { operation { id steps { id } } } }',
    { input: { clusterId, type: 'SCALING', steps: plan } },
  );
  const { id, steps: laidOut } = startOperation.operation;
  const stepId = laidOut[0]?.id as string;
  await graphql(url, 'mutation ($input: StartStepInput!) { startStep(input: $input) { step { id } } }', {
    input: { stepId },
  });
  return { id, stepId };
}

const ended = (url: string, { id }: Operation) =>
  graphql(url, 'mutation ($input: FinishOperationInput!) { finishOperation(input: $input) { operation { id } } }', {
    input: { operationId: id, successful: false, reason: 'the next one is to begin' },
  });
