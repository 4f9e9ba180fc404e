import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Log } from '../../src/domain/ports.js';
import { eventually } from './wait.js';

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  close(): Promise<void>;
}

/** A database of its own, migrated and empty; with `bare`, without any tables; a copy of another to which nobody is connected. */
export async function testDatabase({
  bare = false,
  copyOf,
}: {
  bare?: boolean;
  copyOf?: TestDatabase;
} = {}): Promise<TestDatabase> {
  const { url, template } = inject('postgres');
  const name = `stepcast_test_${randomUUID().replaceAll('-', '')}`;
  const original = copyOf ? new URL(copyOf.url).pathname.slice(1) : template;
  await execute(url, `CREATE DATABASE ${name} TEMPLATE ${bare ? 'template0' : original}`);
  return { url: databaseAt(url, name), close: () => dropDatabase(url, name) };
}

/**
 * Drops it, whoever is still connected. It is refused while autovacuum is at work there, which ends by itself: a
 * superuser's processes are not ours to terminate.
 */
export const dropDatabase = (url: string, name: string) =>
  eventually(() => execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));

/** Of whom a test may terminate: all others who are connected to its database, but not autovacuum. */
export const otherConnections = `FROM pg_stat_activity
  WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`;

/**
 * A pool for a test's own statements. What PostgreSQL says to a connection that is being closed, such as that its database
 * is dropped, is nobody's error: `end` of a pool does not wait for its connections to be closed.
 */
export const openPool = (config: pg.PoolConfig): pg.Pool =>
  new pg.Pool(config).on('error', () => {}).on('connect', (client) => client.on('error', () => {}));

/** The same server, another database. */
export const databaseAt = (url: string, name: string) => url.replace(/^([^?]*\/)[^/?]*(?=\?|$)/, `$1${name}`);

export const quiet: Log = { error: () => {}, warn: () => {}, info: () => {} };

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
