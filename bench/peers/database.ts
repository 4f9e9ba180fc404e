import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from '../../src/storage/database.js';
import type { PrismaClient } from '../../src/storage/generated/client.js';
import { shipped } from '../support/shipped.js';

/** The database that the environment names, as the server under test names it: the same engine, tables and settings. */
export async function peerDatabase(): Promise<Database> {
  const { openDatabase } = await shipped<typeof import('../../src/storage/database.js')>('storage/database.js');
  const { DATABASE_URL: url, STEPCAST_DATA_DIR: dataDir = './data' } = process.env;
  return openDatabase({ ...(url ? { url } : {}), dataDir, log: console });
}

/** The same by Prisma alone. A transaction may wait longer for a connection than a server of ours would let it. */
export async function peerPrisma(): Promise<PrismaClient> {
  const { connection } = await peerDatabase();
  const path = 'storage/generated/client.js';
  const client = await shipped<typeof import('../../src/storage/generated/client.js')>(path);
  const adapter = new PrismaPg({ ...connection, max: 10, connectionTimeoutMillis: 30_000 });
  return new client.PrismaClient({ adapter });
}
