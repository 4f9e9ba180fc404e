import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../../src/auth/caller.js';
import { KnownCauses } from '../../src/domain/causes/known-causes.js';
import { ClusterView } from '../../src/fanout/cluster-view.js';
import { follow } from '../../src/graphql/follow.js';
import { estimating, History } from '../../src/graphql/history.js';
import { liveRows } from '../../src/graphql/live-rows.js';
import { Loaders } from '../../src/graphql/loaders.js';
import { createPrepareOperation, isErrors } from '../../src/graphql/prepare.js';
import { Reads } from '../../src/graphql/reads.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { type Fixture, fixture, past, tenantId } from '../fanout/fixture.js';
import { TestSink } from '../fanout/sink.js';
import { quiet } from '../support/database.js';
import { usualConnections } from '../support/limits.js';

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

interface Message {
  data?: {
    clusterProgress: {
      operations: { steps: object[] }[];
      cluster: { provisioningProgress: object[]; operations: { nodes: object[] } };
    };
  };
  errors?: object[];
}

/** The first message to a subscriber of a cluster with so many operations of three steps, and the statements made for it. */
async function firstMessage(count: number, selection: string, steps = 3) {
  const [{ hub, recorder }] = on.servers(1) as [ReturnType<Fixture['servers']>[number]];
  const { id } = await recorder.createCluster(tenantId, { name: 'hadoop' });
  await past(on, { tenantId, id }, count, steps);
  const schema = loadSchema();
  const caller: Caller = { tenantId, roles: ['VIEWER'] };
  const query = `subscription ($id: ID!) { clusterProgress(clusterId: $id) { ${selection} } }`;
  const prepared = createPrepareOperation(schema)({ query, variables: { id } }, caller);
  if (isErrors(prepared)) throw new AggregateError(prepared);
  const services = {
    about: { version: '0', eventLog: true },
    recorder,
    hub,
    readStore: on.store,
    connections: usualConnections(),
    knownCauses: KnownCauses.none,
    ...estimating(() => hub.time, { stallSeconds: 120 }),
  };
  const source = await follow({ schema, services, log: quiet }, prepared, caller);
  if (isErrors(source)) throw new AggregateError(source);
  const before = on.statements();
  const sink = new TestSink<Message>();
  const subscription = source.join(sink);
  await sink.until(({ messages }) => messages.length === 1);
  subscription.close();
  source.release();
  const [{ data, errors } = {}] = sink.messages;
  expect(errors).toBeUndefined();
  const bytes = sink.bodies[0]?.length ?? 0;
  return { progress: data?.clusterProgress, bytes, statements: on.statements() - before };
}

test('rows that a message has in memory are not read', async () => {
  const { progress, statements } = await firstMessage(
    10,
    `operations { steps { id } progress } cluster {
      provisioningProgress { id } currentStep { id } currentOperation { id } operations(first: 3) { nodes { id } }
    }`,
  );
  expect(progress?.operations.flatMap(({ steps }) => steps)).toHaveLength(30);
  expect(progress?.cluster.provisioningProgress).toHaveLength(30);
  expect(progress?.cluster.operations.nodes).toHaveLength(3);
  expect(statements).toBe(0);
});

test('rows of operations before those in memory are read', async () => {
  const { progress, statements } = await firstMessage(
    12,
    'operations { id } cluster { provisioningProgress { id } operations(first: 12) { nodes { id } } }',
  );
  expect(progress?.operations).toHaveLength(10);
  expect(progress?.cluster.provisioningProgress).toHaveLength(36);
  expect(progress?.cluster.operations.nodes).toHaveLength(12);
  expect(statements).toBe(2);
});

test('W1: steps that are read for a message are as they were when it was made, whatever was reported since', async () => {
  const [{ recorder }] = on.servers(1) as [ReturnType<Fixture['servers']>[number]];
  const { id } = await recorder.createCluster(tenantId, { name: 'hadoop' });
  await past(on, { tenantId, id }, 12, 3);
  const plan = { clusterId: id, type: 'SCALING', steps: [{ stepName: 'one' }, { stepName: 'two' }] } as const;
  const operation = await recorder.startOperation(tenantId, plan);
  const state = await on.store.clusterState(tenantId, id, 11);
  if (!operation || !state) throw new Error('expected an operation, and the state of its cluster');
  const before = await on.store.stepsOfClusters(tenantId, [id], 100);

  await recorder.startStep(tenantId, { stepId: state.steps.at(-2)?.id ?? '' });
  await recorder.addStep(tenantId, { operationId: operation.id, stepName: 'three' });
  await recorder.startOperation(tenantId, { ...plan, supersede: true });
  const loaders = new Loaders({
    readStore: on.store,
    history: new History(),
    tenantId,
    reads: new Reads(),
    live: liveRows(ClusterView.of(state, 11)),
  });
  expect([await loaders.stepsOfCluster.load(id)]).toEqual(before);
  expect(await on.store.stepsOfClusters(tenantId, [id], 100)).not.toEqual(before);
});

test('W1: the state of a cluster that was scaled 500 times, in 8 steps each, has less than 100 KB', async () => {
  const { progress, bytes, statements } = await firstMessage(
    500,
    `cursor revision snapshot serverTime
    cluster {
      id name status statusDescription revision createdAt updatedAt
      lastOperation { id steps { id } } currentOperation { id } currentStep { id }
    }
    operations { id clusterId type state progress startedAt completedAt }
    steps {
      id clusterId operationId stepName stepType source position state completed failed total successful startedAt completedAt
      duration summary createdAt updatedAt
    }`,
    8,
  );
  expect(progress?.operations).toHaveLength(10);
  expect(bytes).toBeLessThan(100_000);
  expect(statements).toBe(0);
});
