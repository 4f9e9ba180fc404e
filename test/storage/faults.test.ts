import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { reached, translate } from '../../src/storage/faults.js';
import { PrismaClient } from '../../src/storage/generated/client.js';
import { createHousekeeping } from '../../src/storage/housekeeping.js';
import { createLibrary } from '../../src/storage/library.js';
import { quiet, testDatabase } from '../support/database.js';

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
    const pool = new pg.Pool(config);
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    await expect(createLibrary(prisma).clusters('acme', [id])).rejects.toEqual(refused);
    await expect(createHousekeeping(prisma).eraseRedundant(1, 1)).rejects.toEqual(refused);
    await expect(reached(() => pool.query('SELECT 1'))).rejects.toEqual(refused);
    await pool.end();
  });
});

describe('a database that goes away, or takes too long, is UNAVAILABLE', () => {
  let database: Database;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const { url, close } = await testDatabase();
    database = await openDatabase({ url, dataDir: '', log: quiet });
    closing.push(() => database.close(), close);
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  const terminated = unavailable('terminating connection due to administrator command');

  test('a connection that is ended beneath a statement', async () => {
    const { prisma } = database;
    await expect(reached(() => prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`)).rejects.toEqual(
      terminated,
    );
    await expect(createLibrary(database.prisma).clusters('acme', [id])).resolves.toEqual([null]);
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
