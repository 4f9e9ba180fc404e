import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogRef, ReadStore } from '../../src/domain/ports.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import type { ClusterRow } from '../../src/storage/store/rows.js';
import { type Fixture, fixture, idsOf, tenant, tree } from './fixture.js';
import { ago } from './seed.js';

let on: Fixture;
let readStore: ReadStore;
beforeAll(async () => {
  on = await fixture();
  readStore = createReadStore(on.database.prisma);
});
afterAll(() => on?.close());

const noUuids = ['', '1', 'x'.repeat(300), '{00000000-0000-0000-0000-000000000000}', "';--", '\0'];

describe('W9: what is not there, deleted, or another tenant’s is the same', () => {
  test('by id: null in its place, in the order asked, whatever the case of the id', async () => {
    const [a, b, gone] = [await tree(on.rows), await tree(on.rows), await tree(on.rows, { deleted_at: ago(1) })];
    const foreign = await tree(on.rows, { tenant_id: 'other' });
    const others = [randomUUID(), ...noUuids];
    // F3: who holds what lies beneath a deleted cluster may read on; the API hides it by its cluster.
    const wanted = (x: string, y: string, z: string | null) => [y, x, z, null, ...others.map(() => null), y];
    for (const [kind, read] of [
      ['cluster', readStore.clusters],
      ['operation', readStore.operations],
      ['step', readStore.steps],
    ] as const) {
      const ask = [b[kind].id.toUpperCase(), a[kind].id, gone[kind].id, foreign[kind].id, ...others, b[kind].id];
      expect(idsOf(await read('acme', ask))).toEqual(
        wanted(a[kind].id, b[kind].id, kind === 'cluster' ? null : gone[kind].id),
      );
    }
  });

  test('beneath another tenant’s cluster there is nothing', async () => {
    const foreign = await tree(on.rows, { tenant_id: 'other' });
    const running = await on.rows.operation(foreign.cluster, { number: 2, state: 'RUNNING' });
    await on.rows.step(running);
    const event = await on.rows.event(foreign.step, { error_id: 'foreign', successful: false });
    const clusterId = foreign.cluster.id;
    expect(await readStore.newestOperations('acme', [clusterId])).toEqual([null]);
    expect(await readStore.operationPages('acme', [clusterId], { first: 9 })).toEqual([[]]);
    expect(await readStore.stepsOfClusters('acme', [clusterId])).toEqual([[]]);
    expect(await readStore.currentSteps('acme', [clusterId])).toEqual([[]]);
    expect(await readStore.stepsOfOperations('acme', [running.id])).toEqual([[]]);
    expect(await readStore.clusterState('acme', clusterId, 10)).toBeNull();
    expect((await readStore.eventsByErrorId('acme', 'foreign', 9, null)).events).toEqual([]);
    expect((await readStore.events('acme', [event.id], null)).events).toEqual([]);
    expect(await readStore.clustersEvenDeleted('acme', [clusterId])).toEqual([null]);
    expect(await readStore.revisions([{ tenantId: 'acme', id: clusterId }])).toEqual([]);
    const nothing = { events: [], erasedThrough: 0 };
    expect(await readStore.eventPage('acme', { clusterId }, { first: 9 })).toEqual(nothing);
    expect(await readStore.eventPage('acme', { clusterId, stepId: foreign.step.id }, { first: 9 })).toEqual(nothing);
    const logs = (logs: LogRef[]) => readStore.eventPages('acme', logs, { first: 9, texts: null });
    expect(await logs([{ clusterId }])).toMatchObject([{ events: [] }]);
    expect(await logs([{ clusterId, stepId: foreign.step.id }])).toMatchObject([{ events: [] }]);
  });

  test('what is no UUID names nothing, and the database is not asked', async () => {
    const before = on.statements();
    for (const id of noUuids) {
      expect(await readStore.newestOperations('acme', [id])).toEqual([null]);
      expect(await readStore.operationPages('acme', [id], { first: 1 })).toEqual([[]]);
      expect(await readStore.stepsOfClusters('acme', [id])).toEqual([[]]);
      expect(await readStore.clusterState('acme', id, 10)).toBeNull();
      expect(await readStore.revisions([{ tenantId: 'acme', id }])).toEqual([]);
      const filter = { clusterId: randomUUID(), stepId: id };
      expect(await readStore.eventPage('acme', filter, { first: 1 })).toEqual({ events: [], erasedThrough: 0 });
      const none = [{ events: [], cut: false, excessive: false, end: null }];
      expect(await readStore.eventPages('acme', [filter], { first: 1, texts: null })).toEqual(none);
      expect(await readStore.eventPages('acme', [{ clusterId: id }], { first: 1, texts: null })).toEqual(none);
      const after = { value: new Date(), id };
      expect(await readStore.clusterPage('acme', {}, { first: 1, after })).toEqual([]);
    }
    expect(on.statements()).toBe(before);
  });

  test('F3: a deleted cluster is hidden but for its state, its own revision, and who asks for deleted ones or has an error id', async () => {
    const tenantId = tenant();
    const { cluster, step } = await tree(on.rows, { tenant_id: tenantId, deleted_at: ago(5), revision: 42 });
    await on.rows.event(step, { error_id: 'deleted', successful: false });
    expect(await readStore.clusterPage(tenantId, {}, { first: 9 })).toEqual([]);
    expect((await readStore.eventPage(tenantId, { clusterId: cluster.id }, { first: 9 })).events).toEqual([]);
    const stepFilter = { clusterId: cluster.id, stepId: step.id };
    expect((await readStore.eventPage(tenantId, stepFilter, { first: 9 })).events).toEqual([]);
    for (const log of [{ clusterId: cluster.id }, stepFilter]) {
      const [part] = await readStore.eventPages(tenantId, [log], { first: 9, texts: null });
      expect(part?.events).toHaveLength(1);
    }
    expect((await readStore.eventsByErrorId(tenantId, 'deleted', 9, null)).events).toHaveLength(1);
    expect((await readStore.failurePage(tenantId, { first: 9, texts: null })).events).toEqual([]);
    expect(idsOf(await readStore.clusterPage(tenantId, { deleted: true }, { first: 9 }))).toEqual([cluster.id]);
    const state = await readStore.clusterState(tenantId, cluster.id, 10);
    expect(state?.cluster.deletedAt).toEqual(cluster.deleted_at);
    expect(idsOf(state?.steps ?? [])).toEqual([step.id]);
    const reached = [{ tenantId, id: cluster.id, revision: 42 }];
    expect(await readStore.revisions([{ tenantId, id: cluster.id }])).toEqual(reached);
    expect(await readStore.revisionsOf([tenantId])).toEqual([]);
    expect(idsOf(await readStore.clustersEvenDeleted(tenantId, [cluster.id]))).toEqual([cluster.id]);
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
    const all = await readStore.stepsOfClusters('acme', [b.id, a.id, 'x', a.id]);
    expect(all.map(idsOf)).toEqual([[], idsOf(steps), [], idsOf(steps)]);
    expect((await readStore.currentSteps('acme', [a.id, b.id, a.id])).map(idsOf)).toEqual([
      idsOf(steps.slice(2)),
      [],
      idsOf(steps.slice(2)),
    ]);
    const ofOperations = await readStore.stepsOfOperations('acme', [second.id, randomUUID(), first.id]);
    expect(ofOperations.map(idsOf)).toEqual([idsOf(steps.slice(2)), [], idsOf(steps.slice(0, 2))]);
  });

  test('current steps are none when the newest operation has none', async () => {
    const { cluster } = await tree(on.rows);
    await on.rows.operation(cluster, { number: 2 });
    expect(await readStore.currentSteps('acme', [cluster.id])).toEqual([[]]);
  });

  test('the newest operation, running or ended', async () => {
    const { cluster } = await tree(on.rows);
    const idle = await tree(on.rows);
    const running = await on.rows.operation(cluster, { number: 2, state: 'RUNNING' });
    expect(idsOf(await readStore.newestOperations('acme', [idle.cluster.id, cluster.id]))).toEqual([
      idle.operation.id,
      running.id,
    ]);
  });

  test('W1: a state since a revision holds only what changed after it', async () => {
    const cluster = await on.rows.cluster({ revision: 9 });
    const [one, two] = [
      await on.rows.operation(cluster, { revision: 4 }),
      await on.rows.operation(cluster, { number: 2, revision: 6 }),
    ];
    const steps = [await on.rows.step(one, { revision: 4 }), await on.rows.step(one, { position: 1, revision: 5 })];
    const state = async (revision?: number, operation = 1, newest = 10) => {
      const since = revision === undefined ? undefined : { revision, operation };
      const { operations = [], steps = [] } = (await readStore.clusterState('acme', cluster.id, newest, since)) ?? {};
      return [idsOf(operations), idsOf(steps)];
    };
    expect(await state()).toEqual([idsOf([one, two]), idsOf(steps)]);
    expect(await state(4)).toEqual([idsOf([two]), idsOf(steps.slice(1))]);
    expect(await state(4, 2)).toEqual([idsOf([two]), []]);
    expect(await state(9)).toEqual([[], []]);
    expect(await state(undefined, 1, 1)).toEqual([idsOf([two]), []]);
    expect(await readStore.clusterState('acme', randomUUID(), 10)).toBeNull();
  });
});

test('plugins by name, and all of them', async () => {
  const tenantId = tenant();
  for (const name of ['spark', 'infra', 'cdh']) await on.rows.plugin({ tenant_id: tenantId, name });
  const names = async (asked?: string[]) => (await readStore.plugins(tenantId, asked)).map(({ name }) => name);
  expect(await names()).toEqual(['cdh', 'infra', 'spark']);
  expect(await names(['spark', 'nope', '\0', 'cdh'])).toEqual(['cdh', 'spark']);
  expect(await names([])).toEqual([]);
});

test('E5: an error id given to several events leads to all of them, newest first', async () => {
  const { step } = await tree(on.rows, { tenant_id: tenant() });
  const second = await on.rows.event(step, { error_id: 'twice', successful: false, created_at: ago(1), revision: 3 });
  const first = await on.rows.event(step, { error_id: 'twice', successful: false, created_at: ago(2), revision: 2 });
  const found = async (id: string, first = 9) =>
    (await readStore.eventsByErrorId(step.tenant_id, id, first, null)).events;
  expect(idsOf(await found('twice'))).toEqual([second.id, first.id]);
  expect(idsOf(await found('twice', 1))).toEqual([second.id]);
  expect(await found('a\0b')).toEqual([]);
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
  const found = await readStore.revisions(asked);
  expect(found).toHaveLength(2);
  expect(found).toEqual(expect.arrayContaining([hint(a), hint(b)]));
});
