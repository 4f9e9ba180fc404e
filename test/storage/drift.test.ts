import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyByPrisma, nextMigration, readSchema } from '../../scripts/author.js';
import { migrate } from '../../src/storage/migrations/migrate.js';
import { readMigrations } from '../../src/storage/migrations/migration.js';
import { quiet, type TestDatabase, testDatabase } from '../support/database.js';
import { ask } from '../support/embedded.js';

let scratch: TestDatabase;
beforeEach(async () => {
  scratch = await testDatabase({ bare: true });
});
afterEach(() => scratch.close());

test('the migrations make what schema.prisma says', async () => {
  expect(await nextMigration(scratch.url)).toBeNull();
});

describe('a change to schema.prisma without a migration is noticed', () => {
  test.each([
    ['a column', '  number         Int', '  number         BigInt', 'ALTER COLUMN "number" SET DATA TYPE BIGINT'],
    [
      'an index',
      '  @@index([tenantId, clusterId])\n',
      '',
      'DROP INDEX "cluster_provision_step_tenant_id_cluster_id_idx"',
    ],
    [
      'what a partial index holds',
      'raw("deleted_at IS NULL")',
      'raw("deleted_at > now()")',
      'CREATE INDEX "cluster_listed"',
    ],
    ['a partial unique index', 'map: "cluster_operation_one_running"', 'map: "one_running"', '"one_running"'],
    ['a state', '  INTERRUPTED\n', '', 'CREATE TYPE "OperationState_new"'],
  ])('%s', async (_, now, then, expected) => {
    const schema = await readSchema();
    expect(schema).toContain(now);
    expect(await nextMigration(scratch.url, { schema: schema.replace(now, then) })).toContain(expected);
  });
});

test('what the schema has and the migrations have not is the next migration', async () => {
  expect(await nextMigration(scratch.url, { migrations: [] })).toContain('CREATE TABLE "cluster_event"');
});

describe('Prisma’s own engine, which `prisma migrate deploy` runs,', () => {
  test('finds nothing to apply where the server has migrated', async () => {
    expect(await migrate({ connectionString: scratch.url }, { log: quiet })).not.toEqual([]);
    expect(await applyByPrisma(scratch.url)).toEqual([]);
    const later = { name: '29990101000000_later', sql: 'CREATE TABLE later (id int);' };
    expect(await applyByPrisma(scratch.url, [...(await readMigrations()), later])).toEqual([later.name]);
  });

  test('leaves nothing to apply for the server where it has migrated', async () => {
    expect(await applyByPrisma(scratch.url)).not.toEqual([]);
    expect(await migrate({ connectionString: scratch.url }, { log: quiet })).toEqual([]);
  });

  test('makes its books as the server does', async () => {
    const other = await testDatabase({ bare: true });
    await applyByPrisma(scratch.url);
    await migrate({ connectionString: other.url }, { log: quiet });
    const columns = `SELECT column_name || ' ' || data_type || ' ' || is_nullable || coalesce(' ' || column_default, '') || coalesce(' ' || character_maximum_length, '')
      FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`;
    expect(await ask(other.url, columns)).toEqual(await ask(scratch.url, columns));
    const entries =
      'SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count FROM _prisma_migrations';
    expect(await ask(other.url, entries)).toEqual(await ask(scratch.url, entries));
    await other.close();
  });
});
