import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectionTo } from '../../src/storage/connection.js';
import { openDatabase } from '../../src/storage/database.js';
import { otherConnections, quiet, type TestDatabase, testDatabase } from '../support/database.js';
import { ask, postmasterOf, testFolder } from '../support/embedded.js';
import { pooler } from '../support/pooler.js';
import { eventually } from '../support/wait.js';

let empty: TestDatabase;
beforeEach(async () => {
  empty = await testDatabase();
});
afterEach(() => empty.close());

const openAt = (url: string) => openDatabase({ url, dataDir: '', log: quiet });

const shown = (...names: string[]) =>
  `SELECT concat_ws(' ', ${names.map((name) => `current_setting('${name}')`).join(', ')}) AS settings`;
const limits = ['statement_timeout', 'lock_timeout'];

test('its sessions are in UTC, see what was committed, and end what is stuck', async () => {
  const { pool, writers, housekeeping, prisma, close } = await openAt(empty.url);
  const sql = shown('TimeZone', 'default_transaction_isolation', 'application_name', ...limits);
  const settings = (times: string) => [{ settings: `UTC read committed stepcast ${times}` }];
  expect(await prisma.$queryRawUnsafe(sql)).toEqual(settings('7s 5s'));
  expect((await pool.query(sql)).rows).toEqual(settings('7s 5s'));
  expect((await writers.query(sql)).rows).toEqual(settings('10s 5s'));
  expect(await housekeeping.$queryRawUnsafe(sql)).toEqual(settings('1min 10s'));
  await close();
});

test("a URL's own options, limits and name hold beside ours; the time zone and the isolation are ours", async () => {
  const options =
    '-c search_path=public,pg_temp -c statement_timeout=6543 -c TimeZone=Asia/Tokyo -c default_transaction_isolation=serializable';
  const url = withParameters(empty.url, { options, application_name: 'ours', lock_timeout: '1234' });
  const { pool, writers, prisma, close } = await openAt(url);
  const sql = shown('search_path', 'TimeZone', 'default_transaction_isolation', 'application_name', ...limits);
  const expected = [{ settings: 'public,pg_temp UTC read committed ours 6543ms 1234ms' }];
  expect((await pool.query(sql)).rows).toEqual(expected);
  expect((await writers.query(sql)).rows).toEqual(expected);
  expect(await prisma.cluster.count()).toBe(0);
  await close();
});

test("a URL's connect_timeout and sslmode are respected", () => {
  expect(connectionTo('postgres://ann@host/events?connect_timeout=2&sslmode=disable')).toMatchObject({
    connectionTimeoutMillis: 2_000,
    connectionString: 'postgres://ann@host/events?connect_timeout=2&sslmode=disable',
  });
  for (const none of ['', '?connect_timeout=0', '?connect_timeout=soon'])
    expect(connectionTo(`postgres://ann@host/events${none}`)).toMatchObject({ connectionTimeoutMillis: 5_000 });
  const { connectionString } = connectionTo('postgres://ann@host/events?options=-c%20a%3Db&sslmode=require&host=/tmp');
  expect(connectionString).toBe('postgres://ann@host/events?sslmode=require&host=%2Ftmp');
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
  expect(await ask(empty.url, `SELECT pg_terminate_backend(pid) ${otherConnections}`)).toEqual([true]);
  await eventually(() => expect(warn).toHaveBeenCalledWith(expect.anything(), 'a connection to the database was lost'));
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
  ];
  test.each(cases)('%s', async (_, url, message) => {
    const error = await openAt(url()).catch((error) => error);
    expect(error).toMatchObject({ name: 'StartError', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('secret');
  });
});

test('a pooler in transaction mode that loses prepared statements is refused, in words', async () => {
  const { url } = await pooler(empty.url);
  await expect(openAt(url)).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringMatching(/pooler in transaction mode.*DATABASE_URL lead to the database itself/),
  });
});

function withParameters(url: string, parameters: Record<string, string>): string {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value);
  return changed.href;
}
