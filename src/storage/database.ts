import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Log } from '../domain/ports.js';
import { openEmbedded } from './embedded.js';
import { PrismaClient } from './generated/client.js';
import { migrate } from './migrations.js';
import { StartError } from './start-error.js';

export interface Database {
  readonly prisma: PrismaClient;
  /** The connections that `prisma` uses. */
  readonly pool: pg.Pool;
  /** Those of the write path, for `inTransaction`. */
  readonly writers: pg.Pool;
  /** For a connection of one's own, as LISTEN needs one. */
  readonly connection: pg.ClientConfig;
  /** Whether it is ours, and stops when the last server closes it. */
  readonly embedded: boolean;
  close(): Promise<void>;
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
    const connection = connectionTo(embedded?.url ?? (url as string));
    await examine(connection);
    const applied = await migrate({ ...connection, statement_timeout: 0, lock_timeout: 0 });
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was brought to this version');
    return connect(connection, log, embedded);
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

function connect(connection: pg.ClientConfig, log: Log, embedded?: { close(): Promise<void> }): Database {
  const onError = (error: Error) => log.warn({ err: error }, 'a connection to the database was lost');
  const pool = new pg.Pool({ ...connection, max: 10 });
  pool.on('error', onError);
  // As many as batches may be on their way. Whom one waits for, all wait for: not long.
  const writers = new pg.Pool({ ...connection, max: 3, pipeline: true, lock_timeout: 5_000, query_timeout: 40_000 });
  writers.on('error', onError);
  writers.on('connect', (client) => {
    // While one is in use, the statement that fails says so.
    client.on('error', () => {});
    // What they look up, they look up by key, whatever the tables were like when the plan was made.
    client.query('SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off').catch(() => {});
  });
  const adapter = new PrismaPg(pool, { onConnectionError: onError, statementNameGenerator: statementNames() });
  const prisma = new PrismaClient({ adapter });
  const close = async () => {
    await prisma.$disconnect();
    await Promise.all([pool.end(), writers.end()]);
    await embedded?.close();
  };
  return { prisma, pool, writers, connection, embedded: embedded !== undefined, close };
}

/** Milliseconds. No statement of ours takes a second; these end what is stuck. */
const settings: pg.ClientConfig = {
  application_name: 'stepcast',
  // Prisma's driver takes every timestamp to be in UTC.
  options: '-c TimeZone=UTC',
  connectionTimeoutMillis: 5_000,
  statement_timeout: 30_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 30_000,
  keepAlive: true,
};

function connectionTo(url: string): pg.ClientConfig {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new StartError(
      `expected DATABASE_URL to be like postgresql://user:password@host:5432/database, got ${JSON.stringify(url.split(':')[0])} and what follows it`,
    );
  }
  return { ...settings, connectionString: url };
}

/** Whether it can be reached, and is what we rely on. A URL's own `options` take the place of ours. */
async function examine(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(
      `SELECT current_setting('TimeZone') AS zone, current_setting('server_encoding') AS encoding`,
    );
    if (rows[0].zone !== 'UTC') {
      throw new StartError(
        `expected database sessions in the time zone UTC, got ${rows[0].zone}: add "-c TimeZone=UTC" to the options in DATABASE_URL`,
      );
    }
    if (rows[0].encoding !== 'UTF8') {
      throw new StartError(`expected a database with the encoding UTF8, got ${rows[0].encoding}`);
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`cannot reach the database ${nameOf(client)}: ${reason(error)}`, { cause: error });
  } finally {
    await client.end();
  }
}

/** Never with the password. */
const nameOf = ({ user, host, port, database }: pg.Client) => `${database} at ${host}:${port} as user ${user}`;

/** A name that stands for several addresses fails with an error for each, and no words of its own. */
const reason = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(reason).join(', ') : (error as Error).message;

/** PostgreSQL keeps the plan of a named statement. Statements beyond the most there may be go without a name. */
function statementNames(most = 500): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const name = names.get(sql) ?? (names.size < most ? `s${names.size}` : '');
    if (name) names.set(sql, name);
    return name;
  };
}
