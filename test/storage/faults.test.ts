import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { PrismaClient } from '../../src/storage/generated/client.js';
import { reached, translate } from '../../src/storage/store/faults.js';
import { createHousekeeping } from '../../src/storage/store/housekeeping.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import { openPool, quiet, testDatabase } from '../support/database.js';

const id = '11111111-1111-4111-8111-111111111111';
const unavailable = (words: string | RegExp) =>
  expect.objectContaining({
    name: 'Fault',
    code: 'UNAVAILABLE',
    message: expect.stringMatching(words instanceof RegExp ? words : `^the database cannot be reached: ${words}$`),
  });
const refused = unavailable('nothing answers at its address');

describe('a database that is not there is UNAVAILABLE, to a read and to a transaction, and its address is not told', () => {
  test.each([
    ['a refused port', { connectionString: 'postgres://stepcast:secret@127.0.0.1:1/stepcast' }],
    [
      'a refused port of a name with several addresses',
      { connectionString: 'postgres://stepcast:secret@localhost:1/stepcast' },
    ],
    ['a socket that does not exist', { host: '/nowhere', user: 'stepcast' }],
    ['a host name that does not exist', { host: 'nowhere.invalid', user: 'stepcast' }],
  ])('%s', async (_, config) => {
    const pool = openPool(config);
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    await expect(createReadStore(prisma).clusters('acme', [id])).rejects.toEqual(refused);
    await expect(createHousekeeping(prisma).eraseRedundant(1, 1)).rejects.toEqual(refused);
    await expect(reached(() => pool.query('SELECT 1'))).rejects.toEqual(refused);
    await pool.end();
  });
});

describe('a database that goes away, or takes too long, is UNAVAILABLE', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  beforeAll(async () => {
    server = await testDatabase();
  });
  afterAll(() => server.close());
  // Each test has connections of its own: one that a test has broken is not handed to the next.
  beforeEach(async () => {
    database = await openDatabase({ url: server.url, dataDir: '', log: quiet });
  });
  afterEach(() => database.close());

  const terminated = unavailable('terminating connection due to administrator command');

  test('a connection that is ended beneath a statement', async () => {
    const { prisma } = database;
    await expect(reached(() => prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`)).rejects.toEqual(
      terminated,
    );
    await expect(createReadStore(database.prisma).clusters('acme', [id])).resolves.toEqual([null]);
  });

  test('a connection that is ended beneath a transaction, before its next statement or its commit', async () => {
    const { prisma, pool } = database;
    const lost = unavailable(
      /: (terminating connection|Connection terminated|Client has encountered a connection error)/,
    );
    for (const next of ['SELECT 1', null]) {
      const work = prisma.$transaction(async (tx) => {
        const [backend] = await tx.$queryRaw<[{ pid: number }]>`SELECT pg_backend_pid() AS pid`;
        await pool.query(`SELECT pg_terminate_backend(${backend.pid}, 10000)`);
        if (next) await tx.$queryRawUnsafe(next);
      });
      await expect(reached(() => work)).rejects.toEqual(lost);
    }
  });

  test('a statement or a lock that is not granted in time', async () => {
    const { prisma } = database;
    const slow = prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 1`;
      await tx.$queryRaw`SELECT pg_sleep(60)::text`;
    });
    await expect(reached(() => slow)).rejects.toEqual(unavailable('canceling statement due to statement timeout'));
    const blocked = prisma.$transaction(async (holder) => {
      await holder.$executeRaw`LOCK TABLE plugin`;
      await prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL lock_timeout = 1`;
        await tx.$queryRaw`SELECT * FROM plugin`;
      });
    });
    await expect(reached(() => blocked)).rejects.toEqual(unavailable('canceling statement due to lock timeout'));
  });

  test('other errors stay what they are: a Fault, a fault of the statement', async () => {
    const fault = new Fault('CONFLICT', 'Connection terminated');
    expect(translate(fault)).toBe(fault);
    const wrong = await database.prisma.$queryRaw`SELECT nothing`.catch((error) => error);
    expect(translate(wrong)).toBe(wrong);
    expect(translate('words')).toBe('words');
  });
});

/** As the driver throws it, and as Prisma wraps it. */
const thrown = (code: string, message: string) => Object.assign(new Error(message), { code });
const wrapped = (code: string, originalMessage: string) =>
  Object.assign(new Error('Raw query failed'), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { originalCode: code, originalMessage } } },
  });

describe('E7: a database that is away for the moment is UNAVAILABLE, by whatever code it says so', () => {
  test.each([
    '08000',
    '08001',
    '08003',
    '08004',
    '08006',
    '08P01',
    '25006',
    '25P02',
    '25P03',
    '25P04',
    '26000',
    '28000',
    '28P01',
    '3D000',
    '42P05',
    '53000',
    '53100',
    '53200',
    '53300',
    '53400',
    '55006',
    '55P03',
    '57014',
    '57P01',
    '57P02',
    '57P03',
    '57P04',
    '57P05',
    '58000',
    '58030',
  ])('SQLSTATE %s', (code) => {
    for (const error of [thrown(code, 'words'), wrapped(code, 'words')])
      expect(translate(error)).toMatchObject({ name: 'Fault', code: 'UNAVAILABLE' });
  });

  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOENT',
    'EPROTO',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'P1000',
    'P1001',
    'P1002',
    'P1003',
    'P1008',
    'P1010',
    'P1011',
    'P1017',
    'P2024',
    'P2028',
    'P2037',
  ])('%s', (code) => {
    expect(translate(thrown(code, 'words'))).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test.each([
    'Client was closed and is not queryable',
    'Client has encountered a connection error and is not queryable',
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Cannot use a pool after calling end on the pool',
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
    'The server does not support SSL connections',
    'cached plan must not change result type',
  ])('%s', (message) => {
    expect(translate(new Error(message))).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test.each(['23505', '40001', '40P01'])('a clash is told apart: %s', (code) => {
    for (const error of [thrown(code, 'words'), wrapped(code, 'words')])
      expect(translate(error)).toMatchObject({ name: 'Clash' });
  });

  test.each(['22021', '22P05', '23503', '42601', '42P01', '42501', 'XX000'])(
    'a fault of a statement stays one: %s',
    (code) => {
      const error = thrown(code, 'words');
      expect(translate(error)).toBe(error);
    },
  );

  test('what a refused role is called is not told', () => {
    expect(translate(thrown('28P01', 'password authentication failed for user "ann"'))).toMatchObject({
      message: 'the database cannot be reached: it refuses the credentials',
    });
  });
});
