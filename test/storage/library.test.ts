import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Library } from '../../src/domain/ports.js';
import { createLibrary } from '../../src/storage/library.js';
import type { ClusterRow } from '../../src/storage/rows.js';
import { type Fixture, fixture, idsOf, tenant, tree } from './fixture.js';
import { ago } from './seed.js';

let on: Fixture;
let library: Library;
beforeAll(async () => {
  on = await fixture();
  library = createLibrary(on.database.prisma);
});
afterAll(() => on?.close());

const noUuids = ['', '1', 'x'.repeat(300), '{00000000-0000-0000-0000-000000000000}', "';--", '\0'];

describe('W9: what is not there, deleted, or another tenant’s is the same', () => {
  test('by id: null in its place, in the order asked, whatever the case of the id', async () => {
    const [a, b, gone] = [await tree(on.rows), await tree(on.rows), await tree(on.rows, { deleted_at: ago(1) })];
    const foreign = await tree(on.rows, { tenant_id: 'other' });
    const others = [randomUUID(), ...noUuids];
    const wanted = (x: string, y: string) => [y, x, null, null, ...others.map(() => null), y];
    for (const [kind, read] of [
      ['cluster', library.clusters],
      ['operation', library.operations],
      ['step', library.steps],
    ] as const) {
      const ask = [b[kind].id.toUpperCase(), a[kind].id, gone[kind].id, foreign[kind].id, ...others, b[kind].id];
      expect(idsOf(await read('acme', ask))).toEqual(wanted(a[kind].id, b[kind].id));
    }
  });

  test('beneath another tenant’s cluster there is nothing', async () => {
    const foreign = await tree(on.rows, { tenant_id: 'other' });
    const running = await on.rows.operation(foreign.cluster, { number: 2, state: 'RUNNING' });
    await on.rows.step(running);
    await on.rows.event(foreign.step, { error_id: 'foreign', successful: false });
    const clusterId = foreign.cluster.id;
    expect(await library.runningOperations('acme', [clusterId])).toEqual([null]);
    expect(await library.operationPage('acme', clusterId, { first: 9 })).toEqual([]);
    expect(await library.stepsOfClusters('acme', [clusterId])).toEqual([[]]);
    expect(await library.currentSteps('acme', [clusterId])).toEqual([[]]);
    expect(await library.stepsOfOperations('acme', [running.id])).toEqual([[]]);
    expect(await library.clusterState('acme', clusterId)).toBeNull();
    expect(await library.eventByErrorId('acme', 'foreign')).toBeNull();
    expect(await library.clustersEvenDeleted('acme', [clusterId])).toEqual([null]);
    expect(await library.revisions([{ tenantId: 'acme', id: clusterId }])).toEqual([]);
    const nothing = { events: [], erased: false };
    expect(await library.eventPage('acme', { clusterId }, { first: 9 })).toEqual(nothing);
    expect(await library.eventPage('acme', { clusterId, stepId: foreign.step.id }, { first: 9 })).toEqual(nothing);
  });

  test('what is no UUID names nothing, and the database is not asked', async () => {
    const before = on.statements();
    for (const id of noUuids) {
      expect(await library.runningOperations('acme', [id])).toEqual([null]);
      expect(await library.operationPage('acme', id, { first: 1 })).toEqual([]);
      expect(await library.stepsOfClusters('acme', [id])).toEqual([[]]);
      expect(await library.clusterState('acme', id)).toBeNull();
      expect(await library.revisions([{ tenantId: 'acme', id }])).toEqual([]);
      const filter = { clusterId: randomUUID(), stepId: id };
      expect(await library.eventPage('acme', filter, { first: 1 })).toEqual({ events: [], erased: false });
      const after = { createdAt: new Date(), id };
      expect(await library.clusterPage('acme', {}, { first: 1, after })).toEqual([]);
    }
    expect(on.statements()).toBe(before);
  });

  test('F3: a deleted cluster is hidden but for its state, its revision, and who asks for deleted ones', async () => {
    const tenantId = tenant();
    const { cluster, step } = await tree(on.rows, { tenant_id: tenantId, deleted_at: ago(5), revision: 42 });
    await on.rows.event(step, { error_id: 'deleted', successful: false });
    expect(await library.clusterPage(tenantId, {}, { first: 9 })).toEqual([]);
    expect((await library.eventPage(tenantId, { clusterId: cluster.id }, { first: 9 })).events).toEqual([]);
    const stepFilter = { clusterId: cluster.id, stepId: step.id };
    expect((await library.eventPage(tenantId, stepFilter, { first: 9 })).events).toEqual([]);
    expect(await library.eventByErrorId(tenantId, 'deleted')).toBeNull();
    const state = await library.clusterState(tenantId, cluster.id);
    expect(state?.cluster.deletedAt).toEqual(cluster.deleted_at);
    expect(idsOf(state?.steps ?? [])).toEqual([step.id]);
    const reached = [{ tenantId, id: cluster.id, revision: 42 }];
    expect(await library.revisions([{ tenantId, id: cluster.id }])).toEqual(reached);
    expect(await library.revisionsOf(tenantId)).toEqual(reached);
    expect(idsOf(await library.clustersEvenDeleted(tenantId, [cluster.id]))).toEqual([cluster.id]);
  });
});

describe('beneath a cluster', () => {
  test('steps of clusters: by operation, then position, for each cluster asked, even in one millisecond', async () => {
    const [a, b] = [await on.rows.cluster(), await on.rows.cluster()];
    const second = await on.rows.operation(a, { number: 2 });
    const first = await on.rows.operation(a, { number: 1 });
    const steps = [
      await on.rows.step(first, { position: 0 }),
      await on.rows.step(first, { position: 1 }),
      await on.rows.step(second, { position: 0 }),
      await on.rows.step(second, { position: 1 }),
    ];
    const all = await library.stepsOfClusters('acme', [b.id, a.id, 'x', a.id]);
    expect(all.map(idsOf)).toEqual([[], idsOf(steps), [], idsOf(steps)]);
    expect((await library.currentSteps('acme', [a.id, b.id, a.id])).map(idsOf)).toEqual([
      idsOf(steps.slice(2)),
      [],
      idsOf(steps.slice(2)),
    ]);
    const ofOperations = await library.stepsOfOperations('acme', [second.id, randomUUID(), first.id]);
    expect(ofOperations.map(idsOf)).toEqual([idsOf(steps.slice(2)), [], idsOf(steps.slice(0, 2))]);
  });

  test('current steps are none when the newest operation has none', async () => {
    const { cluster } = await tree(on.rows);
    await on.rows.operation(cluster, { number: 2 });
    expect(await library.currentSteps('acme', [cluster.id])).toEqual([[]]);
  });

  test('the operation that runs', async () => {
    const { cluster } = await tree(on.rows);
    const idle = await tree(on.rows);
    const running = await on.rows.operation(cluster, { number: 2, state: 'RUNNING' });
    expect(idsOf(await library.runningOperations('acme', [idle.cluster.id, cluster.id]))).toEqual([null, running.id]);
  });

  test('W1: a state since a revision holds only what changed after it', async () => {
    const cluster = await on.rows.cluster({ revision: 9 });
    const [one, two] = [
      await on.rows.operation(cluster, { revision: 4 }),
      await on.rows.operation(cluster, { number: 2, revision: 6 }),
    ];
    const steps = [await on.rows.step(one, { revision: 4 }), await on.rows.step(one, { position: 1, revision: 5 })];
    const state = async (since?: number) => {
      const { operations = [], steps = [] } = (await library.clusterState('acme', cluster.id, since)) ?? {};
      return [idsOf(operations), idsOf(steps)];
    };
    expect(await state()).toEqual([idsOf([one, two]), idsOf(steps)]);
    expect(await state(4)).toEqual([idsOf([two]), idsOf(steps.slice(1))]);
    expect(await state(9)).toEqual([[], []]);
    expect(await library.clusterState('acme', randomUUID())).toBeNull();
  });
});

test('plugins by name, and all of them', async () => {
  const tenantId = tenant();
  for (const name of ['spark', 'infra', 'cdh']) await on.rows.plugin({ tenant_id: tenantId, name });
  const names = async (asked?: string[]) => (await library.plugins(tenantId, asked)).map(({ name }) => name);
  expect(await names()).toEqual(['cdh', 'infra', 'spark']);
  expect(await names(['spark', 'nope', '\0', 'cdh'])).toEqual(['cdh', 'spark']);
  expect(await names([])).toEqual([]);
});

test('an error id given to several events leads to the first of them', async () => {
  const { step } = await tree(on.rows, { tenant_id: tenant() });
  await on.rows.event(step, { error_id: 'twice', successful: false, created_at: ago(1), revision: 3 });
  const first = await on.rows.event(step, { error_id: 'twice', successful: false, created_at: ago(2), revision: 2 });
  expect((await library.eventByErrorId(step.tenant_id, 'twice'))?.id).toBe(first.id);
  expect(await library.eventByErrorId(step.tenant_id, 'a\0b')).toBeNull();
});

test('revisions of clusters of several tenants, those that are gone left out', async () => {
  const [a, b] = [
    await on.rows.cluster({ tenant_id: tenant(), revision: 3 }),
    await on.rows.cluster({ tenant_id: tenant(), revision: 5 }),
  ];
  const hint = (row: ClusterRow) => ({ tenantId: row.tenant_id, id: row.id, revision: row.revision });
  const asked = [
    hint(a),
    { tenantId: a.tenant_id, id: b.id },
    hint(b),
    hint(b),
    { tenantId: 'acme', id: randomUUID() },
  ];
  const found = await library.revisions(asked);
  expect(found).toHaveLength(2);
  expect(found).toEqual(expect.arrayContaining([hint(a), hint(b)]));
});
