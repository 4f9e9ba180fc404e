import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterKey, ReadStore } from '../../src/domain/ports.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import type { ClusterRow, OperationRow } from '../../src/storage/store/rows.js';
import { type Fixture, fixture, idsOf, tenant, tree } from './fixture.js';
import { ago } from './seed.js';

let on: Fixture;
let readStore: ReadStore;
beforeAll(async () => {
  on = await fixture();
  readStore = createReadStore(on.database.prisma);
});
afterAll(() => on?.close());

describe('pages', () => {
  test('of clusters: newest first, page by page, none twice and none missed among equal times', async () => {
    const tenantId = tenant();
    const times = [ago(30), ago(20), ago(20), ago(20), ago(10)];
    const made: ClusterRow[] = [];
    for (const created_at of times) made.push(await on.rows.cluster({ tenant_id: tenantId, created_at }));
    const order = (a: ClusterRow, b: ClusterRow) => +b.created_at - +a.created_at || (a.id < b.id ? 1 : -1);
    const seen: string[] = [];
    let after: ClusterKey | undefined;
    for (const size of [2, 2, 1, 0]) {
      const page = await readStore.clusterPage(tenantId, {}, { first: 2, after });
      expect(page).toHaveLength(size);
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (last) after = { value: last.createdAt, id: last.id };
    }
    expect(seen).toEqual(idsOf(made.sort(order)));
  });

  test('of clusters by status, part of the name, and whether an operation runs', async () => {
    const tenantId = tenant();
    const cluster = (name: string, status: string) => on.rows.cluster({ tenant_id: tenantId, name, status });
    const [percent, under, back] = [
      await cluster('50%_a', 'Active'),
      await cluster('50x_B', 'Error'),
      await cluster('c\\d', 'Error'),
    ];
    await on.rows.operation(percent, { state: 'RUNNING' });
    await on.rows.operation(under);
    const found = async (filter: Parameters<ReadStore['clusterPage']>[1]) =>
      (await readStore.clusterPage(tenantId, filter, { first: 9 })).map(({ name }) => name).sort();
    expect(await found({ name: '%' })).toEqual([percent.name]);
    expect(await found({ name: '0%' })).toEqual([percent.name]);
    expect(await found({ name: 'X_b' })).toEqual([under.name]);
    expect(await found({ name: '_' })).toEqual([percent.name, under.name]);
    expect(await found({ name: '\\' })).toEqual([back.name]);
    expect(await found({ name: '\0' })).toEqual([]);
    expect(await found({ status: ['Error', 'Nope', '\0'] })).toEqual([under.name, back.name]);
    expect(await found({ status: [] })).toEqual([]);
    expect(await found({ running: true })).toEqual([percent.name]);
    expect(await found({ running: false })).toEqual([under.name, back.name]);
    expect(await found({ running: false, status: ['Error'], name: '50' })).toEqual([under.name]);
  });

  test('of operations: newest first, beyond the number given', async () => {
    const cluster = await on.rows.cluster();
    const made: OperationRow[] = [];
    for (const number of [1, 2, 3]) made.unshift(await on.rows.operation(cluster, { number }));
    const page = async (first: number, after?: number) =>
      idsOf((await readStore.operationPages('acme', [cluster.id], { first, after }))[0] ?? []);
    expect(await page(2)).toEqual(idsOf(made.slice(0, 2)));
    expect(await page(2, 2)).toEqual(idsOf(made.slice(2)));
    expect(await page(2, 1)).toEqual([]);
  });

  test('of events: in order of revision, by cluster, step and outcome', async () => {
    const { cluster, operation, step } = await tree(on.rows);
    const other = await on.rows.step(operation, { position: 1 });
    const stranger = await tree(on.rows);
    for (const revision of [5, 3, 4, 2]) {
      await on.rows.event(revision % 2 ? step : other, { revision, successful: revision > 3 });
    }
    const page = async (filter: object, first: number, after?: number) => {
      const { events } = await readStore.eventPage('acme', { clusterId: cluster.id, ...filter }, { first, after });
      return events.map(({ revision }) => revision);
    };
    expect(await page({}, 3)).toEqual([2, 3, 4]);
    expect(await page({}, 3, 4)).toEqual([5]);
    expect(await page({}, 3, 5)).toEqual([]);
    expect(await page({}, 3, Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(await page({}, 0)).toEqual([]);
    expect(await page({ stepId: step.id }, 9)).toEqual([3, 5]);
    expect(await page({ stepId: step.id }, 9, 3)).toEqual([5]);
    expect(await page({ successful: false }, 9)).toEqual([2, 3]);
    expect(await page({ successful: true }, 9)).toEqual([4, 5]);
    expect(await page({ successful: true, stepId: other.id }, 9)).toEqual([4]);
    expect(await page({ clusterId: stranger.cluster.id, stepId: step.id }, 9)).toEqual([]);
  });

  test('W4: a page says how far events after its cursor are gone, of the cluster or of the step asked for', async () => {
    const { cluster, operation, step } = await tree(on.rows);
    const erased = await on.rows.step(operation, { position: 1, erased_through: 7 });
    await on.rows.step(operation, { position: 2, erased_through: 5 });
    await on.rows.event(step, { revision: 9 });
    const gone = async (filter: object, first: number, after?: number) =>
      (await readStore.eventPage('acme', { clusterId: cluster.id, ...filter }, { first, after })).erasedThrough;
    expect(await gone({}, 9)).toBe(7);
    expect(await gone({}, 9, 6)).toBe(7);
    expect(await gone({}, 9, 7)).toBe(0);
    expect(await gone({}, 9, 9)).toBe(0);
    expect(await gone({ stepId: step.id }, 9)).toBe(0);
    expect(await gone({ stepId: erased.id }, 9, 6)).toBe(7);
    expect(await gone({ stepId: erased.id }, 9, 7)).toBe(0);
  });
});
