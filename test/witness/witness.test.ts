import { expect, test } from 'vitest';
import type { EventInput } from '../../src/generated/client.js';
import { createCluster, event, ok, report, startOperation } from '../support/api.js';
import { eventually } from '../support/wait.js';
import { noPython, pythonClient } from './python.js';
import { type Server, startServer } from './server.js';
import { stockClient } from './stock.js';
import type { State, Witness } from './testimony.js';

const timeout = 240_000;

test(
  'W1, W2, W4: the stock graphql-ws client misses nothing through three restarts, nor reads anything twice',
  {
    timeout,
  },
  () => testify(stockClient),
);

test.skipIf(noPython)(
  `W1, W2, W4: a client in Python that knows only docs/protocol.md does as well${noPython ? ` (${noPython})` : ''}`,
  { timeout },
  () => testify(pythonClient),
);

/** Two steps of 240 units, reported four at a time. Before these units the server is ended, in this way, and started again. */
const units = 240;
const perCall = 4;
const restarts = new Map<number, NodeJS.Signals>([
  [120, 'SIGKILL'],
  [240, 'SIGTERM'],
  [360, 'SIGKILL'],
]);

async function testify(summon: (url: string, clusterId: string, events: number) => Witness): Promise<void> {
  const server = await startServer();
  const { id } = await createCluster(server.url);
  const plan = ['Launching instances', 'Waiting for ssh'].map((stepName) => ({ stepName, total: units }));
  const { steps } = await startOperation(server.url, id, plan);
  const events = steps.flatMap((step) => Array.from({ length: units }, () => event(step.id)));
  const witness = summon(server.url, id, events.length);
  // One that gives up while nobody looks is found out at the next restart.
  witness.ended.catch(() => {});
  await provision(server, events, witness);

  const state = await witness.ended;
  const { testimony } = witness;
  const truth = await ask(server.url, id);
  expect(testimony.events.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  expect(testimony.events).toEqual(truth.events);
  expect(testimony.batches.some(({ reset }) => reset)).toBe(false);
  expect(state).toEqual(truth.state);
  expect(state.operations).toMatchObject([{ state: 'SUCCEEDED' }]);
  const revisions = testimony.progress.map(({ revision }) => revision);
  expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
  // Only the first: each time it came back, it went on from where it was.
  expect(testimony.progress.map(({ snapshot }) => snapshot).lastIndexOf(true)).toBe(0);
  expect(testimony.losses).toEqual([1006, 1001, 1006]);
}

/** Reports all of it, in order. A restart comes while a report is on its way and the witness is in the middle of its streams. */
async function provision(server: Server, events: EventInput[], { testimony, ended }: Witness): Promise<void> {
  for (let from = 0; from < events.length; from += perCall) {
    const signal = restarts.get(from);
    if (signal) await Promise.race([testimony.hasRead(from - 40), ended]);
    const reported = reportUntilAnswered(server.url, events.slice(from, from + perCall));
    await Promise.all([reported, signal && server.restart(signal)]);
  }
}

/** E2: sent again, events that had arrived change nothing. */
const reportUntilAnswered = (url: string, events: EventInput[]) => eventually(() => report(url, events));

/** What the witness should have seen, by a query. */
async function ask(url: string, id: string): Promise<{ state: State; events: object[] }> {
  const { cluster } = await ok<{ cluster: Answer }, { id: string }>(url, question, { id });
  const { events, operations, provisioningProgress, ...rest } = cluster;
  return { state: { cluster: rest, operations: operations.nodes, steps: provisioningProgress }, events: events.nodes };
}

interface Answer {
  readonly events: { readonly nodes: object[] };
  readonly operations: { readonly nodes: State['operations'] };
  readonly provisioningProgress: State['steps'];
}

const question = `query ($id: ID!) {
  cluster(id: $id) {
    name status
    operations { nodes { id type state progress } }
    provisioningProgress { id stepName state completed failed total summary }
    events(first: 500) { nodes { id provisionStepId instanceName successful eventInfo errorId createdAt } }
  }
}`;
