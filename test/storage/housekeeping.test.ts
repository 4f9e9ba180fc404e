import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Housekeeping } from '../../src/domain/ports.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { Prisma } from '../../src/storage/generated/client.js';
import { createHousekeeping } from '../../src/storage/housekeeping.js';
import { createLibrary } from '../../src/storage/library.js';
import type { OperationRow, StepRow } from '../../src/storage/rows.js';
import { testDatabase } from '../support/database.js';
import { ago, days, seed } from './seed.js';

const grace = 600;
const retention = 90;
const everything = 1_000_000;

let database: Database;
let keeping: Housekeeping;
let rows: ReturnType<typeof seed>;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const { url, close } = await testDatabase();
  database = await openDatabase({ url, dataDir: '', log: console });
  closing.push(() => database.close(), close);
  keeping = createHousekeeping(database.prisma);
  rows = seed(database.pool);
});
beforeEach(() => database.pool.query('TRUNCATE cluster, plugin CASCADE'));
afterAll(async () => {
  for (const close of closing) await close();
});

/** A step of an operation with so many reported units, half of them known by id and half by name only, each reported twice. */
async function reported(operation: OperationRow, units: number, row: Parameters<typeof rows.step>[1] = {}) {
  const step = await rows.step(operation, { completed: units, ...row });
  const key = [step.tenant_id, step.cluster_id, step.id, units];
  await database.pool.query(
    `INSERT INTO cluster_event
     SELECT $1, gen_random_uuid(), $2, $3, NULL, CASE WHEN u % 2 = 0 THEN 'id' || u END, 'name' || u, NULL, report = 2, NULL,
       (SELECT coalesce(max(revision), 0) FROM cluster_event WHERE tenant_id = $1 AND cluster_id = $2)
         + row_number() OVER (ORDER BY report, u), now(), now()
     FROM generate_series(1, $4::int) AS u, generate_series(1, 2) AS report`,
    key,
  );
  await database.pool.query(
    `INSERT INTO step_unit SELECT DISTINCT tenant_id, provision_step_id, coalesce('i:' || instance_id, 'n:' || instance_name), true
     FROM cluster_event WHERE tenant_id = $1 AND provision_step_id = $2`,
    [step.tenant_id, step.id],
  );
  return step;
}

async function operation(row: Partial<OperationRow> = {}) {
  const cluster = await rows.cluster({ revision: everything });
  return rows.operation(cluster, row);
}

interface Left {
  erased: boolean;
  erased_through: number;
  events: number;
  units: number;
}

/** What there still is of a step. */
async function left(step: StepRow): Promise<Left> {
  const { rows } = await database.pool.query(
    `SELECT erased, erased_through,
       (SELECT count(*)::int FROM cluster_event e WHERE e.tenant_id = s.tenant_id AND e.provision_step_id = s.id) AS events,
       (SELECT count(*)::int FROM step_unit u WHERE u.tenant_id = s.tenant_id AND u.provision_step_id = s.id) AS units
     FROM cluster_provision_step s WHERE tenant_id = $1 AND id = $2`,
    [step.tenant_id, step.id],
  );
  return rows[0];
}

async function table(name: string): Promise<unknown[]> {
  return (await database.pool.query(`SELECT * FROM ${name} ORDER BY 1, 2, 3`)).rows;
}

/** Erases until a call says that it is done; says how much each call erased. */
async function until(limit: number, erase: (limit: number) => Promise<number>): Promise<number[]> {
  const counts: number[] = [];
  do counts.push(await erase(limit));
  while (counts.at(-1) === limit);
  return counts;
}
const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

const eraseRedundant = (limit: number) => keeping.eraseRedundant(grace, limit);
const eraseExpired = (limit: number) => keeping.eraseExpired(retention, limit);

describe('F1: what is redundant', () => {
  test('F1: events and units of steps that succeeded longer ago than the grace time go; all else stays', async () => {
    const run = await operation();
    const old = await reported(run, 4, { completed_at: ago(grace + 1) });
    const fresh = await reported(run, 4, { position: 1, completed_at: ago(grace - 60) });
    const failed = await reported(run, 4, { position: 2, state: 'FAILED' });
    const open = await reported(run, 4, { position: 3, state: 'RUNNING' });
    expect(await eraseRedundant(everything)).toBe(8);
    expect(await left(old)).toEqual({ erased: true, erased_through: 8, events: 0, units: 0 });
    for (const step of [fresh, failed, open]) {
      expect(await left(step)).toEqual({ erased: false, erased_through: 0, events: 8, units: 4 });
    }
    expect(await eraseRedundant(everything)).toBe(0);
  });

  test('F1: counters, times, revision and the cluster stay as they are', async () => {
    const run = await operation();
    const counters = {
      total: 4,
      successful: true,
      duration: 5,
      started_at: ago(grace + 9),
      completed_at: ago(grace + 4),
    };
    const { id } = await reported(run, 4, { ...counters, revision: 77 });
    const library = createLibrary(database.prisma);
    const before = [await library.steps('acme', [id]), await table('cluster'), await table('cluster_operation')];
    await eraseRedundant(everything);
    const after = [await library.steps('acme', [id]), await table('cluster'), await table('cluster_operation')];
    expect(after).toEqual([[{ ...(before[0]?.[0] as object), erasedThrough: 8 }], before[1], before[2]]);
  });

  test('F1: in portions of at most the limit, the oldest first; fewer means done', async () => {
    const run = await operation();
    const first = await reported(run, 4, { completed_at: ago(grace + 9) });
    const second = await reported(run, 2, { position: 1, completed_at: ago(grace + 8) });
    expect(await eraseRedundant(3)).toBe(3);
    expect(await left(first)).toEqual({ erased: false, erased_through: 3, events: 5, units: 1 });
    expect(await eraseRedundant(3)).toBe(3);
    expect(await eraseRedundant(3)).toBe(3);
    expect(await left(first)).toEqual({ erased: true, erased_through: 8, events: 0, units: 0 });
    expect(await left(second)).toMatchObject({ erased: false, erased_through: 9, events: 3 });
    expect(await until(3, eraseRedundant)).toEqual([3, 0]);
    expect(await left(second)).toEqual({ erased: true, erased_through: 12, events: 0, units: 0 });
  });

  test('F1: a step that never had an event is marked, and not looked at again', async () => {
    const step = await rows.step(await operation(), { total: 0, completed_at: ago(grace + 1) });
    expect(await eraseRedundant(10)).toBe(0);
    expect(await left(step)).toEqual({ erased: true, erased_through: 0, events: 0, units: 0 });
  });

  test('F1: three callers at once erase each thing once, and all of it', async () => {
    const steps: StepRow[] = [];
    for (let n = 0; n < 12; n++) steps.push(await reported(await operation(), 50, { completed_at: ago(grace + 60) }));
    const counts = await Promise.all([1, 2, 3].map(() => until(70, eraseRedundant)));
    expect(total(counts.flat())).toBe(12 * 100);
    for (const step of steps)
      expect(await left(step)).toEqual({ erased: true, erased_through: 100, events: 0, units: 0 });
  });

  test('F1: waits for no report that holds the cluster or refers to the step', async () => {
    const step = await reported(await operation(), 3, { completed_at: ago(grace + 1) });
    await database.prisma.$transaction(async (report) => {
      await report.$queryRaw`SELECT id FROM cluster WHERE id = ${step.cluster_id}::uuid FOR NO KEY UPDATE`;
      await report.$queryRaw`SELECT id FROM cluster_provision_step WHERE id = ${step.id}::uuid FOR KEY SHARE`;
      expect(await eraseRedundant(everything)).toBe(6);
    });
  });

  test('F1: what another server holds is left to it', async () => {
    const run = await operation();
    const held = await reported(run, 3, { completed_at: ago(grace + 2) });
    await reported(run, 3, { position: 1, completed_at: ago(grace + 1) });
    await database.prisma.$transaction(async (other) => {
      await other.$queryRaw`SELECT id FROM cluster_provision_step WHERE id = ${held.id}::uuid FOR NO KEY UPDATE`;
      expect(await eraseRedundant(everything)).toBe(6);
      expect(await left(held)).toMatchObject({ erased: false, events: 6 });
    });
  });

  test('W4: a page read while events are erased is whole, or says that it is not', async () => {
    const { cluster_id: clusterId } = await reported(await operation(), 300, { completed_at: ago(grace + 1) });
    const library = createLibrary(database.prisma);
    const read = async () => {
      const { events, erased } = await library.eventPage('acme', { clusterId }, { first: everything });
      return { whole: events.length === 600, erased };
    };
    const pages = [await read()];
    let erasing = true;
    const eraser = until(20, eraseRedundant).finally(() => (erasing = false));
    while (erasing) pages.push(await read());
    await eraser;
    pages.push(await read());
    expect(pages.filter(({ whole, erased }) => whole === erased)).toEqual([]);
    expect([pages.at(0), pages.at(-1)]).toEqual([
      { whole: true, erased: false },
      { whole: false, erased: true },
    ]);
  });
});

describe('F2: what is expired', () => {
  const long = { started_at: ago(99 * days), completed_at: ago((retention + 1) * days) };
  const then = { created_at: ago(99 * days), updated_at: ago((retention + 1) * days) };

  test('F2: failed steps’ events stay until retention is over, then go; steps and operations stay', async () => {
    const ended = await operation({ ...long, state: 'FAILED' });
    const recent = await operation({ ...long, completed_at: ago((retention - 1) * days), state: 'FAILED' });
    const running = await operation({ ...long, completed_at: null, state: 'RUNNING' });
    const expired = await reported(ended, 4, { ...then, state: 'FAILED' });
    const kept = [
      await reported(recent, 4, { ...then, state: 'FAILED' }),
      await reported(running, 4, { ...then, state: 'FAILED' }),
    ];
    expect(await eraseRedundant(everything)).toBe(0);
    expect(await until(3, eraseExpired)).toEqual([3, 3, 2]);
    expect(await left(expired)).toEqual({ erased: true, erased_through: 8, events: 0, units: 0 });
    for (const step of kept) expect(await left(step)).toMatchObject({ erased: false, events: 8, units: 4 });
    expect(await table('cluster_operation')).toHaveLength(3);
    expect(await table('cluster')).toHaveLength(3);
  });

  test('F3: a deleted cluster goes wholly once retention is over, its events in portions first, without orphans', async () => {
    const ended = await operation({ ...long, state: 'INTERRUPTED' });
    const broken = await operation({ ...long, completed_at: null, state: 'RUNNING' });
    const recent = await operation({ ...long, state: 'INTERRUPTED' });
    for (const { tenant_id, cluster_id } of [ended, broken]) await drop(tenant_id, cluster_id, retention + 1);
    await drop(recent.tenant_id, recent.cluster_id, retention - 1);
    for (const run of [ended, broken, recent]) {
      await reported(run, 2, { ...then, state: 'FAILED' });
      await rows.step(run, { ...then, position: 1, state: 'SKIPPED' });
    }
    expect(await eraseExpired(3)).toBe(3);
    expect(await table('cluster')).toHaveLength(3);
    expect(total(await until(3, eraseExpired))).toBe(12 - 3);
    const clusters = [expect.objectContaining({ id: recent.cluster_id })];
    expect(await table('cluster')).toEqual(clusters);
    for (const name of ['cluster_operation', 'cluster_provision_step']) {
      for (const row of await table(name)) expect(row).toMatchObject({ cluster_id: recent.cluster_id });
    }
    expect([await table('cluster_event'), await table('step_unit')]).toEqual([[], []]);
  });

  const drop = (tenant: string, id: string, daysAgo: number) =>
    database.pool.query('UPDATE cluster SET deleted_at = $3 WHERE tenant_id = $1 AND id = $2', [
      tenant,
      id,
      ago(daysAgo * days),
    ]);

  test('F3: three callers at once erase each thing once, and all of it', async () => {
    for (let n = 0; n < 9; n++) {
      const run = await operation({ ...long, state: 'FAILED' });
      await reported(run, 20, { ...then, state: 'FAILED' });
      if (n % 3 === 0) await drop(run.tenant_id, run.cluster_id, retention + 1);
    }
    const counts = await Promise.all([1, 2, 3].map(() => until(35, eraseExpired)));
    expect(total(counts.flat())).toBe(9 * 40);
    expect(await eraseExpired(35)).toBe(0);
    expect(await table('cluster')).toHaveLength(6);
    expect([await table('cluster_event'), await table('step_unit')]).toEqual([[], []]);
  });
});

describe('S12: what nobody works on', () => {
  const ids = async (all: boolean, limit: number) => (await keeping.overdueOperations(all, limit)).map(({ id }) => id);

  test('S12: running operations whose lease has run out, the longest overdue first, of every tenant', async () => {
    const cluster = () => rows.cluster({ tenant_id: randomUUID() });
    const running = async (lease: Date | null) =>
      rows.operation(await cluster(), { state: 'RUNNING', lease_expires_at: lease });
    const [late, later, leased, endless] = [
      await running(ago(10)),
      await running(ago(20)),
      await running(ago(-60)),
      await running(null),
    ];
    await rows.operation(await cluster(), { state: 'FAILED', lease_expires_at: ago(30) });
    expect(await keeping.overdueOperations(false, 9)).toEqual([
      { tenantId: later.tenant_id, id: later.id },
      { tenantId: late.tenant_id, id: late.id },
    ]);
    expect(await ids(false, 1)).toEqual([later.id]);
    expect(await ids(true, 9)).toEqual([later.id, late.id, leased.id, endless.id]);
    expect(await ids(true, 3)).toHaveLength(3);
  });
});

test('no statement reads a table from end to end', async () => {
  const long = { completed_at: ago(100 * days), created_at: ago(100 * days) };
  const run = await operation({ state: 'FAILED', completed_at: ago(100 * days) });
  await reported(run, 10, { ...long, state: 'FAILED' });
  await reported(run, 10, { ...long, position: 1 });
  const queries: Prisma.Sql[] = [];
  const listening = createHousekeeping(overheard(queries));
  await listening.eraseExpired(retention, 10);
  await listening.eraseRedundant(grace, 10);
  await listening.overdueOperations(false, 10);
  expect(queries).toHaveLength(6);
  for (const query of queries) {
    const [, lines] = await database.prisma.$transaction([
      database.prisma.$queryRaw`SELECT set_config('enable_seqscan', 'off', true)`,
      database.prisma.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql`EXPLAIN ${query}`),
    ]);
    expect(lines.map((line) => line['QUERY PLAN']).join('\n')).not.toContain('Seq Scan');
  }
});

/** The database, and a note of each statement made through it. */
function overheard(queries: Prisma.Sql[]): Database['prisma'] {
  const noting = (client: Prisma.TransactionClient) => ({
    $queryRaw: (query: Prisma.Sql) => {
      queries.push(query);
      return client.$queryRaw(query);
    },
    $executeRaw: (query: Prisma.Sql) => {
      queries.push(query);
      return client.$executeRaw(query);
    },
  });
  const { prisma } = database;
  const $transaction: typeof prisma.$transaction = (work: never) =>
    prisma.$transaction((tx) => (work as (tx: unknown) => Promise<never>)(noting(tx)));
  return { ...noting(prisma), $transaction } as unknown as Database['prisma'];
}
