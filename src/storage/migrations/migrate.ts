import pg from 'pg';
import type { Log } from '../../domain/ports.js';
import { StartError } from '../start-error.js';
import { check, createBooks, type Entry, enter, readBooks } from './books.js';
import { answerMs, beginAlone, type LockTimes, timed } from './lock.js';
import { type Migration, readMigrations } from './migration.js';

export interface MigrateOptions extends Partial<LockTimes> {
  readonly log: Log;
  /** Those of this package, unless given. */
  readonly migrations?: readonly Migration[];
}

/**
 * Brings the database to this version's schema. Keeps Prisma's books (books.ts), so that its CLI goes on from there.
 * Answers the names of the migrations it applied.
 *
 * All in one transaction under a lock: of several servers that start at once one migrates and the others wait, and one
 * that is killed on the way leaves nothing half done. A migration is sent as one script, so it cannot hold what
 * PostgreSQL refuses in a transaction, such as CREATE INDEX CONCURRENTLY.
 *
 * Throws a StartError when the database is ahead of this version, when its migrations failed or are not these, when
 * one of these fails, and when another server does not come to an end of it.
 */
export async function migrate(connection: pg.ClientConfig, options: MigrateOptions): Promise<string[]> {
  const known = options.migrations ?? (await readMigrations());
  const { noticeMs = 3_000, timeoutMs = 60_000, log } = options;
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...connection, query_timeout: answerMs });
  client.on('error', () => {});
  try {
    await client.connect();
    await beginAlone(client, { noticeMs, timeoutMs }, log);
    const applied = await applyMissing(client, known);
    await client.query(timed('COMMIT', longestScript));
    return applied;
  } catch (error) {
    throw error instanceof StartError ? error : failed(error as Error);
  } finally {
    // Without COMMIT the transaction ends with its connection, and undoes itself. One that hangs is not waited for.
    client.end().catch(() => {});
  }
}

const failed = (error: Error) =>
  new StartError(`the migrations could not be applied: ${error.message}`, { cause: error });

/** Milliseconds after which a database that does not answer is given up, even in the midst of a script. */
const longestScript = 30 * 60_000;
/** For a table that others use: while we wait for it, all of them wait for us. */
const tableLock = '60s';

async function applyMissing(client: pg.Client, known: readonly Migration[]): Promise<string[]> {
  const recorded = await readEntries(client);
  for (const entry of recorded) check(entry, known);
  const done = new Set(recorded.map(({ name }) => name));
  const missing = known.filter(({ name }) => !done.has(name));
  if (missing.length === 0) return [];
  await client.query(`SET LOCAL lock_timeout = '${tableLock}'`);
  await client.query(createBooks);
  for (const migration of missing) {
    await apply(client, migration);
    await client.query(enter(migration));
  }
  return missing.map(({ name }) => name);
}

/** None where there are no books yet; making them is left to who has something to enter. */
async function readEntries(client: pg.Client): Promise<Entry[]> {
  const { rows } = await client.query(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS exists`);
  return rows[0].exists ? (await client.query<Entry>(readBooks)).rows : [];
}

async function apply(client: pg.Client, { name, sql }: Migration): Promise<void> {
  try {
    await client.query(timed(sql, longestScript));
  } catch (error) {
    throw new StartError(`the migration ${name} failed, and all were undone: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
