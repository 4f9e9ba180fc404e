import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Log } from '../domain/ports.js';
import { connectionTo } from './connection.js';
import { openEmbedded } from './embedded/embedded.js';
import { examine } from './examine.js';
import { PrismaClient } from './generated/client.js';
import { migrate } from './migrations/migrate.js';
import { createPools, type Pool, type Pools } from './pools.js';

export interface Database {
  /** Reads. */
  readonly prisma: PrismaClient;
  /** The connections that `prisma` uses. */
  readonly pool: pg.Pool;
  /** Those of the write path, for `inTransaction`. */
  readonly writers: pg.Pool;
  /** For erasing and leases, on connections of its own. */
  readonly housekeeping: PrismaClient;
  /** For API keys. */
  readonly credentials: pg.Pool;
  /** For a connection of one's own, as LISTEN needs one. */
  readonly connection: pg.ClientConfig;
  /** Whether it is ours, and stops when the last server closes it. */
  readonly embedded: boolean;
  /** How its pools are used now. */
  usage(): readonly PoolUsage[];
  /** Connects anew, whatever leads to a server that has become read-only: another may have taken its place. */
  renew(): void;
  close(): Promise<void>;
}

export interface PoolUsage {
  /** What its connections are for. */
  readonly pool: string;
  readonly inUse: number;
  readonly idle: number;
  /** Those who wait for a connection. */
  readonly waiting: number;
}

export interface DatabaseOptions {
  /** Of a PostgreSQL that runs; without it one is embedded in `dataDir`. */
  readonly url?: string | undefined;
  readonly dataDir: string;
  readonly log: Log;
}

/**
 * Opens the database and brings it to this version's schema. Throws a StartError: it cannot be reached, is not set up
 * as Stepcast needs it, or is newer than this version; and what `openEmbedded` throws.
 */
export async function openDatabase({ url, dataDir, log }: DatabaseOptions): Promise<Database> {
  const embedded = url === undefined ? await openEmbedded({ dataDir, log }) : undefined;
  try {
    const address = embedded?.url ?? (url as string);
    const connection = connectionTo(address);
    await examine(connection);
    const applied = await migrate(connection, { log });
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was brought to this version');
    return connect(connection, createPools(address, log), log, embedded);
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

/** Milliseconds until connections are closed, of a database that answers. */
const closingMs = 2_000;

function connect(connection: pg.ClientConfig, pools: Pools, log: Log, embedded?: { close(): Promise<void> }): Database {
  const { readers, writers, housekeepers, credentials } = pools;
  const prisma = clientOf(readers, log);
  const housekeeping = clientOf(housekeepers, log);
  const close = async () => {
    const parts = await Promise.allSettled([
      prisma.$disconnect(),
      housekeeping.$disconnect(),
      ...Object.values(pools).map((pool: Pool) => pool.close(closingMs)),
    ]);
    if (parts.some((part) => part.status === 'fulfilled' && part.value === false))
      log.warn({}, 'the database does not answer: connections to it are given up');
    // Whatever became of the connections.
    await embedded?.close();
    const failed = parts.find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
  };
  const renew = () => void Promise.all(Object.values(pools).map((pool: Pool) => pool.renew()));
  const usage = () =>
    Object.entries(pools).map(([name, { totalCount, idleCount, waitingCount }]: [string, Pool]) => ({
      pool: name,
      inUse: totalCount - idleCount,
      idle: idleCount,
      waiting: waitingCount,
    }));
  const isEmbedded = embedded !== undefined;
  const clients = { prisma, pool: readers, writers, housekeeping, credentials };
  return { ...clients, connection, embedded: isEmbedded, usage, renew, close };
}

function clientOf(pool: pg.Pool, log: Log): PrismaClient {
  const onConnectionError = (err: Error) => log.warn({ err }, 'a connection to the database was lost');
  return new PrismaClient({
    adapter: new PrismaPg(pool, { onConnectionError, statementNameGenerator: statementNames() }),
  });
}

/** PostgreSQL keeps the plan of a named statement. Statements beyond the most there may be go without a name. */
function statementNames(most = 500): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const name = names.get(sql) ?? (names.size < most ? `s${names.size}` : '');
    if (name) names.set(sql, name);
    return name;
  };
}
