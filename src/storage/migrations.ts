import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  isDriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { loadSchemaEngine, type MigrationList } from './schema-engine.js';
import { StartError } from './start-error.js';

/** A step of the database's schema. */
export interface Migration {
  /** `20261124001500_init`: names sort as the migrations follow each other. */
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings the database to this version's schema, by Prisma's own engine and in its own books, so that Prisma's CLI goes
 * on from there. Answers the names of the migrations it applied.
 *
 * All in one transaction under a lock: of several servers that start at once one migrates and the others wait, and one
 * that is killed on the way leaves nothing half done. A migration is sent as one script, so it cannot hold what
 * PostgreSQL refuses in a transaction, such as CREATE INDEX CONCURRENTLY.
 *
 * Throws a StartError when the database is ahead of this version, when its migrations failed or are not these, and
 * when one of these fails.
 */
export async function migrate(connection: pg.ClientConfig, migrations?: readonly Migration[]): Promise<string[]> {
  const known = migrations ?? (await readMigrations());
  const adapter = await new PrismaPg({ ...connection, max: 1 }).connect();
  try {
    const tx = await adapter.startTransaction();
    try {
      const applied = await bring(tx, known);
      await run(tx, 'COMMIT');
      return applied;
    } finally {
      await tx.rollback();
    }
  } finally {
    // Without COMMIT the transaction ends with its connection, and undoes itself.
    await adapter.dispose();
  }
}

/** Those of this package, in order. The folder is as far from here in `src/` as in `dist/`. */
export async function readMigrations(): Promise<Migration[]> {
  const folder = fileURLToPath(migrationsFolder);
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({ name, sql: await readFile(`${folder}/${name}/migration.sql`, 'utf8') })),
  );
}

export const migrationsFolder = new URL('../../prisma/migrations', import.meta.url);

/** As Prisma's engine takes them. */
export const asList = (migrations: readonly Migration[]): MigrationList => ({
  baseDir: fileURLToPath(migrationsFolder),
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  })),
});

export const filters = { externalTables: [], externalEnums: [] };

/** The number that Prisma's engine locks as well. */
const migrationKey = 72_707_369;

async function bring(tx: Transaction, known: readonly Migration[]): Promise<string[]> {
  await run(tx, `SELECT pg_advisory_lock(${migrationKey})`);
  const recorded = await readRecords(tx);
  for (const record of recorded) check(record, known);
  if (recorded.length === known.length) return [];
  const failures: unknown[] = [];
  const engine = await loadSchemaEngine(within(tx, failures));
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: asList(known), filters });
    return appliedMigrationNames;
  } catch (error) {
    throw failures.length > 0 ? undone(failures[0]) : error;
  } finally {
    engine.free();
  }
}

interface Record {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

async function readRecords(tx: Transaction): Promise<Record[]> {
  const [[exists] = []] = await select(tx, `SELECT to_regclass('_prisma_migrations') IS NOT NULL`);
  if (!exists) return [];
  const rows = await select(
    tx,
    'SELECT migration_name, checksum, finished_at IS NOT NULL FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  return rows.map(([name, checksum, finished]) => ({ name, checksum, finished }) as Record);
}

function check({ name, checksum, finished }: Record, known: readonly Migration[]): void {
  const migration = known.find((migration) => migration.name === name);
  if (!migration) {
    throw new StartError(
      `the database is newer than this version of Stepcast: it has the migration ${name}, and the newest known here is ${known.at(-1)?.name}. Start the version that made it, or a later one`,
    );
  }
  if (!finished) {
    throw new StartError(
      `the migration ${name} failed on this database: mend what it left, then run \`prisma migrate resolve\``,
    );
  }
  if (checksum !== createHash('sha256').update(migration.sql).digest('hex')) {
    throw new StartError(
      `the migration ${name} was applied to this database with other contents than it has here: restore the file`,
    );
  }
}

/**
 * The engine's connection: the transaction that is open. `failures` gets the error of a script. The engine would record
 * it in its books, which a transaction that has failed no longer takes, and so tell of that instead.
 */
function within(tx: Transaction, failures: unknown[]): SqlMigrationAwareDriverAdapterFactory {
  const adapter: SqlDriverAdapter = {
    provider: tx.provider,
    adapterName: tx.adapterName,
    queryRaw: (query) => tx.queryRaw(query),
    executeRaw: (query) => tx.executeRaw(query),
    // Whole, where the driver's own would split it at every semicolon and send the parts to any connection.
    executeScript: async (script) => {
      try {
        await run(tx, script);
      } catch (error) {
        failures.push(error);
        throw error;
      }
    },
    startTransaction: () => Promise.reject(new Error('expected a migration without a transaction of its own')),
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose: async () => {},
  };
  const connect = async () => adapter;
  return { provider: tx.provider, adapterName: tx.adapterName, connect, connectToShadowDb: connect };
}

const undone = (error: unknown) => {
  const message = (isDriverAdapterError(error) && error.cause.originalMessage) || (error as Error).message;
  return new StartError(`a migration failed, and all were undone: ${message}`, { cause: error });
};

const run = async (tx: Transaction, sql: string) => void (await tx.executeRaw({ sql, args: [], argTypes: [] }));
const select = async (tx: Transaction, sql: string) => (await tx.queryRaw({ sql, args: [], argTypes: [] })).rows;
