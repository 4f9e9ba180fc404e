import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { type Migration, migrationsFolder, readMigrations } from '../src/storage/migrations/migration.js';
import { loadSchemaEngine, type MigrationList } from './schema-engine.js';

interface Sources {
  readonly migrations?: readonly Migration[];
  /** The text of schema.prisma. */
  readonly schema?: string;
}

/**
 * The difference between the migrations and the schema, as SQL; null when they agree. `scratch`: the URL of an empty
 * database, to which the migrations are applied.
 */
export async function nextMigration(scratch: string, sources: Sources = {}): Promise<string | null> {
  const migrations = sources.migrations ?? (await readMigrations());
  const schema = sources.schema ?? (await readSchema());
  const pool = new pg.Pool({ connectionString: scratch, max: 1 });
  const engine = await loadSchemaEngine(scratchOnly(pool), schema);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...asList(migrations) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
      script: true,
      exitCode: true,
      filters,
    });
    return exitCode === 0 ? null : stdout;
  } finally {
    engine.free();
    await pool.end();
  }
}

/** Applies migrations as `prisma migrate deploy` does. Resolves with the names of those applied. */
export async function applyByPrisma(url: string, migrations?: readonly Migration[]): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const engine = await loadSchemaEngine(new PrismaPg(pool));
  try {
    const migrationsList = asList(migrations ?? (await readMigrations()));
    return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
  } finally {
    engine.free();
    await pool.end();
  }
}

export const readSchema = () => readFile(new URL('../prisma/schema.prisma', import.meta.url), 'utf8');

/** In the form that Prisma's engine expects. */
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

/** Prisma's driver would create a scratch database itself, and fail to drop it while its own pool is connected. */
function scratchOnly(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const letters = passLettersAsText(pool);
  const driver = new PrismaPg(pool);
  const connect = async () => {
    const adapter = await driver.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const { columnNames, columnTypes, ...rest } = await queryRaw(query);
      const types = columnTypes.map((type, at) =>
        letters.has(columnNames[at] ?? '') ? ColumnTypeEnum.Character : type,
      );
      return { ...rest, columnNames, columnTypes: types };
    };
    return adapter;
  };
  return { provider: driver.provider, adapterName: driver.adapterName, connect, connectToShadowDb: connect };
}

/**
 * The catalog's one-letter codes have the type "char", which the engine expects and the driver refuses. Returns the set of
 * names of such columns, filled as results arrive.
 */
function passLettersAsText(pool: pg.Pool): Set<string> {
  const { CHAR, TEXT } = pg.types.builtins;
  const met = new Set<string>();
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>;
  const passing = async (...args: unknown[]) => {
    const result = await query(...args);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID !== CHAR) continue;
      met.add(field.name);
      field.dataTypeID = TEXT;
    }
    return result;
  };
  return Object.assign(pool, { query: passing }) && met;
}
