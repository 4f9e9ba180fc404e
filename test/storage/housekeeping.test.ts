import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Housekeeping } from '../../src/domain/ports.js';
import type { Database } from '../../src/storage/database.js';
import { Prisma } from '../../src/storage/generated/client.js';
import { createHousekeeping } from '../../src/storage/store/housekeeping.js';
import { operation, reported } from './erasing.js';
import { type Fixture, fixture } from './fixture.js';
import { ago, days } from './seed.js';

let on: Fixture;
let keeping: Housekeeping;
beforeAll(async () => {
  on = await fixture();
  keeping = createHousekeeping(on.database.prisma);
});
beforeEach(() => on.database.pool.query('TRUNCATE cluster CASCADE'));
afterAll(() => on?.close());

describe('O7: what nobody works on', () => {
  const overdue = async (limit: number) => (await keeping.due(limit)).operations;
  const running = async (limit: number) => (await keeping.runningOperations(limit)).map(({ id }) => id);

  test('O7: running operations whose lease has run out, the longest overdue first, of every tenant', async () => {
    const cluster = () => on.rows.cluster({ tenant_id: randomUUID() });
    const leasedUntil = async (lease: Date | null) =>
      on.rows.operation(await cluster(), { state: 'RUNNING', lease_expires_at: lease });
    const [late, later, leased, endless] = [
      await leasedUntil(ago(10)),
      await leasedUntil(ago(20)),
      await leasedUntil(ago(-60)),
      await leasedUntil(null),
    ];
    await on.rows.operation(await cluster(), { state: 'FAILED', lease_expires_at: ago(30) });
    expect(await overdue(9)).toEqual([
      { tenantId: later.tenant_id, id: later.id },
      { tenantId: late.tenant_id, id: late.id },
    ]);
    expect((await overdue(1)).map(({ id }) => id)).toEqual([later.id]);
    expect(await running(9)).toEqual([later.id, late.id, leased.id, endless.id]);
    expect(await running(3)).toHaveLength(3);
    expect((await keeping.due(9)).next).toEqual(leased.lease_expires_at);
  });
});

test('no statement reads a table from end to end', async () => {
  const old = ago(100 * days);
  const run = await operation(on, { state: 'FAILED', completed_at: old });
  await reported(on, run, 10, { created_at: old, state: 'FAILED' });
  await reported(on, run, 10, { created_at: old, completed_at: old, position: 1 });
  const queries: Prisma.Sql[] = [];
  const listening = createHousekeeping(overheard(queries));
  await listening.eraseExpired(90, 10);
  await listening.eraseRedundant(600, 10);
  await listening.due(10);
  await listening.runningOperations(10);
  expect(queries).toHaveLength(7);
  for (const query of queries) {
    const [, lines] = await on.database.prisma.$transaction([
      on.database.prisma.$queryRaw`SELECT set_config('enable_seqscan', 'off', true)`,
      on.database.prisma.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql`EXPLAIN ${query}`),
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
  const { prisma } = on.database;
  const $transaction: typeof prisma.$transaction = (work: never) =>
    prisma.$transaction((tx) => (work as (tx: unknown) => Promise<never>)(noting(tx)));
  return { ...noting(prisma), $transaction } as unknown as Database['prisma'];
}
