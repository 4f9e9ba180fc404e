import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterRow, OperationRow, StepRow } from '../../src/storage/store/rows.js';
import { ago, seed } from '../storage/seed.js';
import { startApp } from '../support/app.js';
import { openPool } from '../support/database.js';
import { ask } from './ask.js';

let app: Awaited<ReturnType<typeof startApp>>;
let pool: pg.Pool;
let cluster: ClusterRow;
let operations: OperationRow[];
let steps: StepRow[];

beforeAll(async () => {
  app = await startApp();
  pool = openPool({ connectionString: app.databaseUrl });
  const rows = seed(pool);
  cluster = await rows.cluster({ tenant_id: 'default' });
  operations = [await rows.operation(cluster), await rows.operation(cluster, { number: 2 })];
  steps = [];
  for (const [index, operation] of operations.entries()) {
    const step = await rows.step(operation);
    steps.push(step);
    const node_group_id = ['master', 'worker'][index] as string;
    const revision = index * 3;
    await rows.event(step, {
      revision: revision + 1,
      instance_id: 'i-1',
      instance_name: 'a%b',
      created_at: ago(60 - index),
    });
    await rows.event(step, { revision: revision + 2, instance_id: 'i-2', node_group_id, created_at: ago(30 - index) });
    const failure = { successful: false, event_info: 'OSError: [Errno 28] No space (left)*' };
    await rows.event(step, { revision: revision + 3, ...failure, created_at: ago(10 - index) });
  }
  // S8: a report that came late, when the second operation was under way.
  await rows.event(steps[0] as StepRow, { revision: 7, instance_id: 'i-9', created_at: ago(1) });
});
afterAll(async () => {
  await pool?.end();
  await app?.close();
});

interface Page {
  readonly nodes: readonly { readonly revision: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: Record<'hasNextPage' | 'hasPreviousPage', boolean> & Record<'startCursor' | 'endCursor', string>;
}

const query = `query ($id: ID!, $filter: EventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  cluster(id: $id) {
    events(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;

async function page(filter: object, args: object = {}, id: string = cluster.id) {
  const { cluster } = await ask<{ cluster: { events: Page } }>(app.url, query, { id, filter, ...args });
  const { edges, pageInfo } = cluster.events;
  const ids = edges.map(({ node }) => node.id);
  const { rows } = await pool.query('SELECT id, revision FROM cluster_event WHERE id = ANY($1::uuid[])', [ids]);
  const revisions = new Map(rows.map(({ id, revision }) => [id, revision]));
  return { ...pageInfo, found: ids.map((id) => revisions.get(id)) };
}

const found = async (filter: object, args: object = {}) => (await page(filter, args)).found;

describe('the log is filtered', () => {
  test('by step, by operation with what came late, and by both', async () => {
    expect(await found({ stepId: steps[1]?.id })).toEqual([4, 5, 6]);
    expect(await found({ operationId: operations[0]?.id })).toEqual([1, 2, 3, 7]);
    expect(await found({ operationId: operations[1]?.id.toUpperCase() })).toEqual([4, 5, 6]);
    expect(await found({ operationId: operations[0]?.id, stepId: steps[1]?.id })).toEqual([]);
    expect(await found({ operationId: 'no uuid' })).toEqual([]);
  });

  test('by instance, node group, outcome and time', async () => {
    expect(await found({ instanceId: 'i-1' })).toEqual([1, 4]);
    expect(await found({ instanceId: 'i-1', stepId: steps[1]?.id })).toEqual([4]);
    expect(await found({ instanceName: 'a%b' })).toEqual([1, 4]);
    expect(await found({ instanceName: 'a' })).toEqual([]);
    expect(await found({ instanceId: '\0' })).toEqual([]);
    expect(await found({ nodeGroupId: 'worker' })).toEqual([5]);
    expect(await found({ successful: false })).toEqual([3, 6]);
    expect(await found({ successful: true, operationId: operations[1]?.id })).toEqual([4, 5]);
    expect(await found({ since: ago(20) })).toEqual([3, 6, 7]);
    expect(await found({ since: ago(40), until: ago(20) })).toEqual([2, 5]);
    expect(await found({ until: '0001-01-01T00:00:00Z' })).toEqual([]);
  });

  test('by text: whatever its case, its signs mean themselves', async () => {
    expect(await found({ text: 'oserror' })).toEqual([3, 6]);
    expect(await found({ text: '(left)*' })).toEqual([3, 6]);
    expect(await found({ text: 'A%B' })).toEqual([1, 4]);
    expect(await found({ text: '%' })).toEqual([1, 4]);
    expect(await found({ text: '_' })).toEqual([]);
    expect(await found({ text: '.*' })).toEqual([]);
    expect(await found({ text: '\\' })).toEqual([]);
    expect(await found({ text: 'MASTER' })).toEqual([2]);
    expect(await found({ text: 'I-2', nodeGroupId: null })).toEqual([2, 5]);
    expect(await found({ text: '' })).toHaveLength(7);
  });

  test('from either end, page by page', async () => {
    const first = await page({ text: 'i-' }, { first: 2 });
    expect(first).toMatchObject({ found: [1, 2], hasNextPage: true });
    expect(await page({ text: 'i-' }, { first: 9, after: first.endCursor })).toMatchObject({
      found: [4, 5, 7],
      hasNextPage: false,
    });
    const last = await page({ successful: false }, { last: 1 });
    expect(last).toMatchObject({ found: [6], hasPreviousPage: true, hasNextPage: false });
    const before = await page({ successful: false }, { last: 1, before: last.startCursor });
    expect(before).toMatchObject({ found: [3], hasPreviousPage: false, hasNextPage: true });
  });
});

test('a search that has looked at 10000 events ends early, says so, and is gone on with until it has found all', async () => {
  const rows = seed(pool);
  const large = await rows.cluster({ tenant_id: 'default' });
  const step = await rows.step(await rows.operation(large));
  const { event_info: _, ...event } = await rows.event(step, { revision: 25_001, instance_name: 'needle' });
  const columns = Object.keys(event).filter(
    (column) => column !== 'id' && column !== 'revision' && column !== 'instance_name',
  );
  await pool.query(
    `INSERT INTO cluster_event (id, revision, ${columns}) SELECT gen_random_uuid(), n, ${columns}
     FROM cluster_event, generate_series(1, 25000) AS n WHERE id = $1`,
    [event.id],
  );
  const pages: object[] = [];
  let after: string | null = null;
  do {
    const { found, hasNextPage, endCursor }: Awaited<ReturnType<typeof page>> = await page(
      { text: 'needle' },
      { after },
      large.id,
    );
    pages.push(found);
    after = hasNextPage ? endCursor : null;
  } while (after);
  expect(pages).toEqual([[], [], [25_001]]);
  const end = await page({ text: 'no such' }, { last: 5 }, large.id);
  expect(end).toMatchObject({ found: [], hasPreviousPage: true, startCursor: expect.any(String) });
  expect(await page({ instanceName: 'needle' }, {}, large.id)).toMatchObject({ found: [25_001], hasNextPage: false });
});
