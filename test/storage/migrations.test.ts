import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/database.js';
import { migrate, readMigrations } from '../../src/storage/migrations.js';
import { quiet, type TestDatabase, testDatabase } from '../support/database.js';
import { ask } from '../support/embedded.js';

let bare: TestDatabase;
let connection: pg.ClientConfig;
beforeEach(async () => {
  bare = await testDatabase({ bare: true });
  connection = { connectionString: bare.url };
});
afterEach(() => bare.close());

const refused = (words: string | RegExp) =>
  expect.objectContaining({ name: 'StartError', message: expect.stringMatching(words) });
const names = async () => (await readMigrations()).map(({ name }) => name);
const records = () => ask(bare.url, 'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL');

test('an empty database gets all migrations, once, in the books of Prisma', async () => {
  expect(await migrate(connection)).toEqual(await names());
  expect(await migrate(connection)).toEqual([]);
  expect(await records()).toEqual(await names());
});

test('of servers that start at once one migrates, and all find it done', async () => {
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(connection)));
  expect(applied.flat()).toEqual(await names());
  expect(await records()).toEqual(await names());
});

test('a later migration is added to those that were applied before', async () => {
  await migrate(connection);
  const later = { name: '29990101000000_later', sql: 'CREATE TABLE later (id int);' };
  expect(await migrate(connection, [...(await readMigrations()), later])).toEqual([later.name]);
});

test('semicolons in comments, texts and function bodies are no ends of statements', async () => {
  const sql = `-- first; second\nCREATE FUNCTION two() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END; $$;`;
  await migrate(connection, [{ name: '1_function', sql }]);
  expect(await ask(bare.url, 'SELECT two()')).toEqual(['a;b']);
});

test('one that fails leaves nothing, and its mended form is applied', async () => {
  const broken = { name: '1_table', sql: 'CREATE TABLE half (id int); SELECT 1 / 0;' };
  await expect(migrate(connection, [broken])).rejects.toEqual(
    refused('a migration failed, and all were undone: division by zero'),
  );
  expect(await ask(bare.url, "SELECT to_regclass('half'), to_regclass('_prisma_migrations')")).toEqual([null, null]);
  expect(await migrate(connection, [{ ...broken, sql: 'CREATE TABLE half (id int);' }])).toEqual(['1_table']);
});

describe('refused, in words', () => {
  const known = { name: '1_known', sql: 'CREATE TABLE known (id int);' };
  beforeEach(() => migrate(connection, [known]));

  test('a database that is newer than this version', async () => {
    await migrate(connection, [known, { name: '2_newer', sql: 'SELECT 1;' }]);
    const words = /^the database is newer than this version of Stepcast: it has the migration 2_newer, .* is 1_known/;
    await expect(migrate(connection, [known])).rejects.toEqual(refused(words));
  });

  test('a migration that was changed since it was applied', async () => {
    await expect(migrate(connection, [{ ...known, sql: 'SELECT 1;' }])).rejects.toEqual(
      refused('the migration 1_known was applied to this database with other contents'),
    );
  });

  test('a migration that failed under another tool', async () => {
    await ask(bare.url, 'UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(connection, [known])).rejects.toEqual(
      refused('the migration 1_known failed on this database'),
    );
  });

  test('by opening the database as well, which leaves it as it is', async () => {
    const opening = openDatabase({ url: bare.url, dataDir: '', log: quiet });
    await expect(opening).rejects.toEqual(refused('the database is newer than this version'));
    expect(await records()).toEqual(['1_known']);
  });
});
