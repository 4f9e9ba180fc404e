import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Library } from '../../src/domain/ports.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { Prisma } from '../../src/storage/generated/client.js';
import { createLibrary } from '../../src/storage/library.js';
import type { ClusterRow, OperationRow, StepRow } from '../../src/storage/rows.js';
import { testDatabase } from '../support/database.js';
import { ago, seed } from './seed.js';

let database: Database;
let library: Library;
let rows: ReturnType<typeof seed>;
let statements = 0;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const { url, close } = await testDatabase();
  database = await openDatabase({ url, dataDir: '', log: console });
  closing.push(() => database.close(), close);
  database.pool.on('acquire', () => statements++);
  library = createLibrary(database.prisma);
  rows = seed(database.pool);
});
afterAll(async () => {
  for (const close of closing) await close();
});

/** A tenant of the test's own, so that lists hold nothing but its rows. */
const tenant = () => `tenant-${randomUUID()}`;
const idsOf = (things: readonly ({ id: string } | null)[]) => things.map((thing) => thing?.id ?? null);
const noUuids = ['', '1', 'x'.repeat(300), '{00000000-0000-0000-0000-000000000000}', "';--", '\0'];

/** A cluster with an operation and a step. */
async function tree(row: Partial<ClusterRow> = {}) {
  const cluster = await rows.cluster(row);
  const operation = await rows.operation(cluster);
  return { cluster, operation, step: await rows.step(operation) };
}

describe('every column comes back as it was stored', () => {
  const at = new Date('2014-10-29T12:36:59.300Z');
  const later = new Date('2014-10-29T12:37:00.001Z');
  let cluster: ClusterRow;
  let operation: OperationRow;
  let step: StepRow;

  beforeAll(async () => {
    cluster = await rows.cluster({
      name: 'näme "quoted" \\ 🐘',
      status: 'Waiting',
      status_description: 'for ssh',
      plugin_name: 'vanilla',
      plugin_version: '2.7',
      revision: 9,
      created_at: at,
      updated_at: later,
      deleted_at: null,
    });
    const times = {
      lease_seconds: 30,
      lease_expires_at: later,
      started_at: at,
      completed_at: later,
      updated_at: later,
    };
    operation = await rows.operation(cluster, { type: 'SCALING', state: 'FAILED', number: 3, revision: 7, ...times });
    step = await rows.step(operation, {
      step_name: 'Waiting for ssh',
      step_type: 'SCALING',
      source: 'vanilla',
      position: 2,
      state: 'FAILED',
      completed: 59,
      failed: 1,
      total: 1000,
      successful: false,
      started_at: at,
      completed_at: later,
      duration: 701,
      erased_through: 4,
      revision: 8,
      created_at: at,
      updated_at: later,
    });
  });

  const wantedCluster = () => ({
    tenantId: 'acme',
    id: cluster.id,
    name: 'näme "quoted" \\ 🐘',
    status: 'Waiting',
    statusDescription: 'for ssh',
    pluginName: 'vanilla',
    pluginVersion: '2.7',
    revision: 9,
    createdAt: at,
    updatedAt: later,
    deletedAt: null,
  });
  const wantedOperation = () => ({
    tenantId: 'acme',
    id: operation.id,
    clusterId: cluster.id,
    type: 'SCALING',
    state: 'FAILED',
    number: 3,
    leaseSeconds: 30,
    leaseExpiresAt: later,
    revision: 7,
    startedAt: at,
    completedAt: later,
    updatedAt: later,
  });
  const wantedStep = () => ({
    tenantId: 'acme',
    id: step.id,
    clusterId: cluster.id,
    operationId: operation.id,
    stepName: 'Waiting for ssh',
    stepType: 'SCALING',
    source: 'vanilla',
    position: 2,
    state: 'FAILED',
    completed: 59,
    failed: 1,
    total: 1000,
    successful: false,
    startedAt: at,
    completedAt: later,
    duration: 701,
    erasedThrough: 4,
    revision: 8,
    createdAt: at,
    updatedAt: later,
  });

  test('of a cluster, an operation and a step', async () => {
    expect(await library.clusters('acme', [cluster.id])).toEqual([wantedCluster()]);
    expect(await library.operations('acme', [operation.id])).toEqual([wantedOperation()]);
    expect(await library.steps('acme', [step.id])).toEqual([wantedStep()]);
  });

  test('of a state, whose times come through JSON with their milliseconds', async () => {
    expect(await library.clusterState('acme', cluster.id)).toEqual({
      cluster: wantedCluster(),
      operations: [wantedOperation()],
      steps: [wantedStep()],
    });
  });

  test('of an event', async () => {
    const values = {
      successful: false,
      error_id: 'E-1',
      event_info: 'Traceback:\n "x"',
      created_at: at,
      updated_at: at,
    };
    const unit = { node_group_id: 'g', instance_id: 'i', instance_name: 'n' };
    const event = await rows.event(step, { ...values, ...unit, revision: 6 });
    const wanted = {
      tenantId: 'acme',
      id: event.id,
      clusterId: cluster.id,
      provisionStepId: step.id,
      nodeGroupId: 'g',
      instanceId: 'i',
      instanceName: 'n',
      eventInfo: 'Traceback:\n "x"',
      successful: false,
      errorId: 'E-1',
      revision: 6,
      createdAt: at,
      updatedAt: at,
    };
    expect((await library.eventPage('acme', { clusterId: cluster.id }, { first: 9 })).events).toEqual([wanted]);
    expect(await library.eventByErrorId('acme', 'E-1')).toEqual(wanted);
  });

  test('of a plugin', async () => {
    const steps = { creating: ['a', 'b'], scaling: [], deleting: ['c'] };
    await rows.plugin({
      tenant_id: 'plugins',
      name: 'vanilla',
      version: '2',
      ...steps,
      created_at: at,
      updated_at: later,
    });
    const wanted = { tenantId: 'plugins', name: 'vanilla', version: '2', createdAt: at, updatedAt: later };
    expect(await library.plugins('plugins')).toEqual([{ ...wanted, provisioningSteps: steps }]);
  });
});

describe('W9: what is not there, deleted, or another tenant’s is the same', () => {
  test('by id: null in its place, in the order asked, whatever the case of the id', async () => {
    const [a, b, gone] = [await tree(), await tree(), await tree({ deleted_at: ago(1) })];
    const foreign = await tree({ tenant_id: 'other' });
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
    const foreign = await tree({ tenant_id: 'other' });
    const running = await rows.operation(foreign.cluster, { number: 2, state: 'RUNNING' });
    await rows.step(running);
    await rows.event(foreign.step, { error_id: 'foreign', successful: false });
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
    const before = statements;
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
    expect(statements).toBe(before);
  });

  test('F3: a deleted cluster is hidden but for its state, its revision, and who asks for deleted ones', async () => {
    const tenantId = tenant();
    const { cluster, step } = await tree({ tenant_id: tenantId, deleted_at: ago(5), revision: 42 });
    await rows.event(step, { error_id: 'deleted', successful: false });
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

describe('pages', () => {
  test('of clusters: newest first, page by page, none twice and none missed among equal times', async () => {
    const tenantId = tenant();
    const times = [ago(30), ago(20), ago(20), ago(20), ago(10)];
    const made: ClusterRow[] = [];
    for (const created_at of times) made.push(await rows.cluster({ tenant_id: tenantId, created_at }));
    const order = (a: ClusterRow, b: ClusterRow) => +b.created_at - +a.created_at || (a.id < b.id ? 1 : -1);
    const seen: string[] = [];
    let after: { createdAt: Date; id: string } | undefined;
    for (const size of [2, 2, 1, 0]) {
      const page = await library.clusterPage(tenantId, {}, { first: 2, after });
      expect(page).toHaveLength(size);
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1) ?? after;
    }
    expect(seen).toEqual(idsOf(made.sort(order)));
  });

  test('of clusters by status, part of the name, and whether an operation runs', async () => {
    const tenantId = tenant();
    const cluster = (name: string, status: string) => rows.cluster({ tenant_id: tenantId, name, status });
    const [percent, under, back] = [
      await cluster('50%_a', 'Active'),
      await cluster('50x_B', 'Error'),
      await cluster('c\\d', 'Error'),
    ];
    await rows.operation(percent, { state: 'RUNNING' });
    await rows.operation(under);
    const found = async (filter: Parameters<Library['clusterPage']>[1]) =>
      (await library.clusterPage(tenantId, filter, { first: 9 })).map(({ name }) => name).sort();
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
    const cluster = await rows.cluster();
    const made: OperationRow[] = [];
    for (const number of [1, 2, 3]) made.unshift(await rows.operation(cluster, { number }));
    const page = async (first: number, after?: number) =>
      idsOf(await library.operationPage('acme', cluster.id, { first, after }));
    expect(await page(2)).toEqual(idsOf(made.slice(0, 2)));
    expect(await page(2, 2)).toEqual(idsOf(made.slice(2)));
    expect(await page(2, 1)).toEqual([]);
  });

  test('of events: in order of revision, by cluster, step and outcome', async () => {
    const { cluster, operation, step } = await tree();
    const other = await rows.step(operation, { position: 1 });
    const stranger = await tree();
    for (const revision of [5, 3, 4, 2]) {
      await rows.event(revision % 2 ? step : other, { revision, successful: revision > 3 });
    }
    const page = async (filter: object, first: number, after?: number) => {
      const { events } = await library.eventPage('acme', { clusterId: cluster.id, ...filter }, { first, after });
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

  test('W4: a page says whether events after its cursor are gone, of the cluster or of the step asked for', async () => {
    const { cluster, operation, step } = await tree();
    const erased = await rows.step(operation, { position: 1, erased_through: 7 });
    await rows.event(step, { revision: 9 });
    const gone = async (filter: object, first: number, after?: number) =>
      (await library.eventPage('acme', { clusterId: cluster.id, ...filter }, { first, after })).erased;
    expect(await gone({}, 9)).toBe(true);
    expect(await gone({}, 9, 6)).toBe(true);
    expect(await gone({}, 9, 7)).toBe(false);
    expect(await gone({}, 9, 9)).toBe(false);
    expect(await gone({ stepId: step.id }, 9)).toBe(false);
    expect(await gone({ stepId: erased.id }, 9, 6)).toBe(true);
    expect(await gone({ stepId: erased.id }, 9, 7)).toBe(false);
  });
});

describe('beneath a cluster', () => {
  test('steps of clusters: by operation, then position, for each cluster asked, even in one millisecond', async () => {
    const [a, b] = [await rows.cluster(), await rows.cluster()];
    const second = await rows.operation(a, { number: 2 });
    const first = await rows.operation(a, { number: 1 });
    const steps = [
      await rows.step(first, { position: 0 }),
      await rows.step(first, { position: 1 }),
      await rows.step(second, { position: 0 }),
      await rows.step(second, { position: 1 }),
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
    const { cluster } = await tree();
    await rows.operation(cluster, { number: 2 });
    expect(await library.currentSteps('acme', [cluster.id])).toEqual([[]]);
  });

  test('the operation that runs', async () => {
    const { cluster } = await tree();
    const idle = await tree();
    const running = await rows.operation(cluster, { number: 2, state: 'RUNNING' });
    expect(idsOf(await library.runningOperations('acme', [idle.cluster.id, cluster.id]))).toEqual([null, running.id]);
  });

  test('W1: a state since a revision holds only what changed after it', async () => {
    const cluster = await rows.cluster({ revision: 9 });
    const [one, two] = [
      await rows.operation(cluster, { revision: 4 }),
      await rows.operation(cluster, { number: 2, revision: 6 }),
    ];
    const steps = [await rows.step(one, { revision: 4 }), await rows.step(one, { position: 1, revision: 5 })];
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
  for (const name of ['spark', 'infra', 'cdh']) await rows.plugin({ tenant_id: tenantId, name });
  const names = async (asked?: string[]) => (await library.plugins(tenantId, asked)).map(({ name }) => name);
  expect(await names()).toEqual(['cdh', 'infra', 'spark']);
  expect(await names(['spark', 'nope', '\0', 'cdh'])).toEqual(['cdh', 'spark']);
  expect(await names([])).toEqual([]);
});

test('an error id given to several events leads to the first of them', async () => {
  const { step } = await tree({ tenant_id: tenant() });
  await rows.event(step, { error_id: 'twice', successful: false, created_at: ago(1), revision: 3 });
  const first = await rows.event(step, { error_id: 'twice', successful: false, created_at: ago(2), revision: 2 });
  expect((await library.eventByErrorId(step.tenant_id, 'twice'))?.id).toBe(first.id);
  expect(await library.eventByErrorId(step.tenant_id, 'a\0b')).toBeNull();
});

test('revisions of clusters of several tenants, those that are gone left out', async () => {
  const [a, b] = [
    await rows.cluster({ tenant_id: tenant(), revision: 3 }),
    await rows.cluster({ tenant_id: tenant(), revision: 5 }),
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

describe('cost', () => {
  const calls: Record<
    Exclude<keyof Library, 'plugins' | 'revisionsOf'>,
    (it: Library, c: string, o: string, s: string) => Promise<unknown>
  > = {
    clusters: (it, c) => it.clusters('many', [c, randomUUID()]),
    clustersEvenDeleted: (it, c) => it.clustersEvenDeleted('many', [c, randomUUID()]),
    clusterPage: (it, c) => it.clusterPage('many', {}, { first: 50, after: { createdAt: new Date(), id: c } }),
    operations: (it, _, o) => it.operations('many', [o, randomUUID()]),
    runningOperations: (it, c) => it.runningOperations('many', [c, randomUUID()]),
    operationPage: (it, c) => it.operationPage('many', c, { first: 20, after: 9 }),
    steps: (it, _, __, s) => it.steps('many', [s, randomUUID()]),
    stepsOfClusters: (it, c) => it.stepsOfClusters('many', [c, randomUUID()]),
    currentSteps: (it, c) => it.currentSteps('many', [c, randomUUID()]),
    stepsOfOperations: (it, _, o) => it.stepsOfOperations('many', [o, randomUUID()]),
    async eventPage(it, clusterId, _, stepId) {
      for (const successful of [undefined, true, false]) {
        await it.eventPage('many', { clusterId, successful }, { first: 100, after: 3 });
        await it.eventPage('many', { clusterId, stepId, successful }, { first: 100, after: 3 });
      }
    },
    eventByErrorId: (it) => it.eventByErrorId('many', 'E-7'),
    clusterState: (it, c) => it.clusterState('many', c, 1),
    revisions: (it, c) => it.revisions([{ tenantId: 'many', id: c }]),
  };
  let ids: [string, string, string];

  beforeAll(async () => {
    await database.pool.query(`
      INSERT INTO cluster SELECT 'many', gen_random_uuid(), 'n', 's', NULL, NULL, NULL, 100, at, at, NULL
        FROM generate_series(now() - interval '500 s', now(), '1 s') AS at;
      INSERT INTO cluster_operation SELECT tenant_id, gen_random_uuid(), id, 'CREATING', 'SUCCEEDED', n, NULL, NULL, n, now(), now(), now()
        FROM cluster, generate_series(1, 4) AS n WHERE tenant_id = 'many';
      INSERT INTO cluster_provision_step SELECT tenant_id, gen_random_uuid(), cluster_id, id, 'n', 'CREATING', 'infra', p, 'SUCCEEDED',
          0, 0, NULL, NULL, NULL, now(), NULL, 0, false, 1, now(), now()
        FROM cluster_operation, generate_series(0, 2) AS p WHERE tenant_id = 'many';
      INSERT INTO cluster_event SELECT tenant_id, gen_random_uuid(), cluster_id, id, NULL, NULL, NULL, NULL, r % 3 > 0,
          CASE WHEN r % 3 = 0 THEN 'E-' || r END, row_number() OVER (PARTITION BY cluster_id), now(), now()
        FROM cluster_provision_step, generate_series(1, 5) AS r WHERE tenant_id = 'many';
      ANALYZE`);
    const { rows } = await database.pool.query(
      `SELECT cluster_id, operation_id, id FROM cluster_provision_step WHERE tenant_id = 'many' LIMIT 1`,
    );
    ids = [rows[0].cluster_id, rows[0].operation_id, rows[0].id];
  });

  /** How PostgreSQL would go about a query; with `seqscan` off, only what no index serves is read from end to end. */
  async function plan(query: Prisma.Sql, seqscan: 'on' | 'off' = 'on'): Promise<string> {
    const [, lines] = await database.prisma.$transaction([
      database.prisma.$queryRaw`SELECT set_config('enable_seqscan', ${seqscan}, true)`,
      database.prisma.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql`EXPLAIN ${query}`),
    ]);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  }

  test.each(Object.entries(calls))('%s is one statement, and reads no table from end to end', async (name, call) => {
    const queries: Prisma.Sql[] = [];
    const listening = (query: Prisma.Sql) => {
      queries.push(query);
      return database.prisma.$queryRaw(query);
    };
    await call(createLibrary({ $queryRaw: listening as Database['prisma']['$queryRaw'] }), ...ids);
    expect(queries).toHaveLength(name === 'eventPage' ? 6 : 1);
    for (const query of queries) {
      expect(await plan(query)).not.toContain('Seq Scan on cluster_event');
      const plain = await plan(query, 'off');
      expect(plain).not.toContain('Seq Scan');
      expect(plain.match(/Index Cond/g)).toHaveLength(plain.match(/Index (Only )?Scan/g)?.length ?? 0);
    }

    const before = statements;
    await call(library, ...ids);
    expect(statements - before).toBe(queries.length);
  });
});
