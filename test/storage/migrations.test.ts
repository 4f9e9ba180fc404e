import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/storage/database.js';
import { createBooks, enter } from '../../src/storage/migrations/books.js';
import { migrate } from '../../src/storage/migrations/migrate.js';
import { readMigrations } from '../../src/storage/migrations/migration.js';
import { quiet, type TestDatabase, testDatabase } from '../support/database.js';
import { ask } from '../support/embedded.js';
import { eventually } from '../support/wait.js';

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
  expect(await migrate(connection, { log: quiet })).toEqual(await names());
  expect(await migrate(connection, { log: quiet })).toEqual([]);
  expect(await records()).toEqual(await names());
});

test('of servers that start at once one migrates, and all find it done', async () => {
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(connection, { log: quiet })));
  expect(applied.flat()).toEqual(await names());
  expect(await records()).toEqual(await names());
});

describe('another server that migrates', () => {
  const options = { noticeMs: 10, timeoutMs: 300 };
  let other: pg.Client;
  beforeEach(async () => {
    other = new pg.Client({ connectionString: bare.url, application_name: 'another server' });
    await other.connect();
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(72707369)');
  });
  afterEach(() => other.end());

  test('is waited for, and the log says whom we wait for', async () => {
    const warn = vi.fn();
    const migrated = migrate(connection, { ...options, timeoutMs: 60_000, log: { ...quiet, warn } });
    await eventually(() =>
      expect(warn).toHaveBeenCalledWith(
        { holder: expect.stringContaining('application "another server"') },
        expect.stringContaining('waiting'),
      ),
    );
    await other.query('COMMIT');
    expect(await migrated).toEqual(await names());
  });

  test('for too long is named, and the start given up', async () => {
    await expect(migrate(connection, { ...options, log: quiet })).rejects.toEqual(
      refused(
        /^another server has been migrating this database for 0 s \(process \d+ of user \w+, application "another server".*idle in transaction/,
      ),
    );
    expect(await ask(bare.url, `SELECT to_regclass('_prisma_migrations')`)).toEqual([null]);
  });

  test('whose commit came while we waited is seen, under whatever isolation the database begins with', async () => {
    const strict = { ...connection, options: '-c default_transaction_isolation=serializable' };
    const warn = vi.fn();
    const migrated = migrate(strict, { ...options, timeoutMs: 60_000, log: { ...quiet, warn } });
    await eventually(() => expect(warn).toHaveBeenCalled());
    for (const { sql } of await readMigrations()) await other.query(sql);
    await other.query(createBooks);
    for (const migration of await readMigrations()) await other.query(enter(migration));
    await other.query('COMMIT');
    expect(await migrated).toEqual([]);
  });
});

test('the lock is gone with the transaction: no connection behind a pooler keeps it', async () => {
  await migrate(connection, { log: quiet });
  const left = `SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND objid = 72707369 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  expect(await ask(bare.url, left)).toEqual([0]);
});

test('a later migration is added to those that were applied before', async () => {
  await migrate(connection, { log: quiet });
  const later = { name: '29990101000000_later', sql: 'CREATE TABLE later (id int);' };
  expect(await migrate(connection, { log: quiet, migrations: [...(await readMigrations()), later] })).toEqual([
    later.name,
  ]);
});

test('semicolons in comments, texts and function bodies are no ends of statements', async () => {
  const sql = `-- first; second\nCREATE FUNCTION two() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END; $$;`;
  await migrate(connection, { log: quiet, migrations: [{ name: '1_function', sql }] });
  expect(await ask(bare.url, 'SELECT two()')).toEqual(['a;b']);
});

test('one that fails leaves nothing, and its mended form is applied', async () => {
  const broken = { name: '1_table', sql: 'CREATE TABLE half (id int); SELECT 1 / 0;' };
  await expect(migrate(connection, { log: quiet, migrations: [broken] })).rejects.toEqual(
    refused('the migration 1_table failed, and all were undone: division by zero'),
  );
  expect(await ask(bare.url, "SELECT to_regclass('half'), to_regclass('_prisma_migrations')")).toEqual([null, null]);
  expect(
    await migrate(connection, { log: quiet, migrations: [{ ...broken, sql: 'CREATE TABLE half (id int);' }] }),
  ).toEqual(['1_table']);
});

describe('refused, in words', () => {
  const known = { name: '1_known', sql: 'CREATE TABLE known (id int);' };
  beforeEach(() => migrate(connection, { log: quiet, migrations: [known] }));

  test('a database that is newer than this version', async () => {
    await migrate(connection, { log: quiet, migrations: [known, { name: '2_newer', sql: 'SELECT 1;' }] });
    const words = /^the database is newer than this version of Stepcast: it has the migration 2_newer, .* is 1_known/;
    await expect(migrate(connection, { log: quiet, migrations: [known] })).rejects.toEqual(refused(words));
  });

  test('a migration that was changed since it was applied', async () => {
    await expect(migrate(connection, { log: quiet, migrations: [{ ...known, sql: 'SELECT 1;' }] })).rejects.toEqual(
      refused('the migration 1_known was applied to this database with other contents'),
    );
  });

  test('a migration that failed under another tool', async () => {
    await ask(bare.url, 'UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(connection, { log: quiet, migrations: [known] })).rejects.toEqual(
      refused('the migration 1_known failed on this database'),
    );
  });

  test('by opening the database as well, which leaves it as it is', async () => {
    const opening = openDatabase({ url: bare.url, dataDir: '', log: quiet });
    await expect(opening).rejects.toEqual(refused('the database is newer than this version'));
    expect(await records()).toEqual(['1_known']);
  });
});
