import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nextMigration, readSchema } from '../../scripts/author.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

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
