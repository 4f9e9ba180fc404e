import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/storage/database.js';
import { quiet, type TestDatabase, testDatabase } from '../support/database.js';
import { ask, postmasterOf, testFolder } from '../support/embedded.js';

let empty: TestDatabase;
beforeEach(async () => {
  empty = await testDatabase();
});
afterEach(() => empty.close());

const openAt = (url: string) => openDatabase({ url, dataDir: '', log: quiet });

test('its sessions are in UTC, and end what is stuck', async () => {
  const { prisma, pool, close } = await openAt(empty.url);
  const settings = `current_setting('TimeZone') || ' ' || current_setting('statement_timeout') || ' ' ||
    current_setting('lock_timeout') || ' ' || current_setting('application_name') AS settings`;
  const expected = [{ settings: 'UTC 30s 10s stepcast' }];
  expect(await prisma.$queryRawUnsafe(`SELECT ${settings}`)).toEqual(expected);
  expect((await pool.query(`SELECT ${settings}`)).rows).toEqual(expected);
  await close();
});

test('a statement that comes again is prepared once', async () => {
  const { prisma, close } = await openAt(empty.url);
  const prepared = () =>
    prisma.$queryRaw`SELECT count(*)::int AS count FROM pg_prepared_statements WHERE statement LIKE 'SELECT "public"."cluster"%'`;
  for (let time = 0; time < 3; time++) await prisma.cluster.findMany();
  expect(await prepared()).toEqual([{ count: 1 }]);
  await close();
});

test('an idle connection that is lost is logged, and the next statement has another', async () => {
  const warn = vi.fn();
  const { prisma, close } = await openDatabase({ url: empty.url, dataDir: '', log: { ...quiet, warn } });
  await prisma.$queryRaw`SELECT 1`;
  const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  expect(await ask(empty.url, others)).toEqual([true]);
  await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.anything(), 'a connection to the database was lost'));
  expect(await prisma.cluster.count()).toBe(0);
  await close();
});

test('without a URL it is embedded, ready to use, and stops when it is closed', async () => {
  const dataDir = await testFolder();
  const { prisma, embedded, close } = await openDatabase({ dataDir, log: quiet });
  expect(embedded).toBe(true);
  expect(await prisma.cluster.count()).toBe(0);
  await close();
  expect(await postmasterOf(dataDir)).toBeUndefined();
});

describe('what it cannot work with is told in words, without the password', () => {
  const cases: [string, () => string, RegExp][] = [
    [
      'nothing answers',
      () => 'postgresql://ann:secret@127.0.0.1:1/events',
      /^cannot reach the database events at 127.0.0.1:1 as user ann: connect ECONNREFUSED/,
    ],
    [
      'nothing answers at any address of a name',
      () => 'postgresql://ann:secret@localhost:1/events',
      /^cannot reach the database events at localhost:1 as user ann: connect ECONNREFUSED/,
    ],
    [
      'no such host',
      () => 'postgresql://ann:secret@nowhere.invalid/events',
      /^cannot reach the database events at nowhere.invalid:5432 as user ann: getaddrinfo/,
    ],
    ['no such database', () => empty.url.replace(/stepcast_test_\w+/, 'nowhere'), /database "nowhere" does not exist$/],
    [
      'no URL of PostgreSQL',
      () => 'mysql://ann:secret@host/events',
      /^expected DATABASE_URL to be like .*, got "mysql"/,
    ],
    [
      'sessions in another time zone',
      () => withOptions(empty.url, '-c TimeZone=Asia/Tokyo'),
      /^expected database sessions in the time zone UTC, got Asia\/Tokyo: add/,
    ],
  ];
  test.each(cases)('%s', async (_, url, message) => {
    const error = await openAt(url()).catch((error) => error);
    expect(error).toMatchObject({ name: 'StartError', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('secret');
  });
});

function withOptions(url: string, options: string): string {
  const changed = new URL(url);
  changed.searchParams.set('options', options);
  return changed.href;
}
