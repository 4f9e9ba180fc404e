import { readFile } from 'node:fs/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { asList, filters, type Migration, readMigrations } from '../src/storage/migrations.js';
import { loadSchemaEngine } from '../src/storage/schema-engine.js';

interface Sources {
  readonly migrations?: readonly Migration[];
  /** The text of schema.prisma. */
  readonly schema?: string;
}

/**
 * What leads from the migrations to the schema, as SQL; null when they agree. `scratch` is the URL of an empty
 * database, in which the migrations are tried out.
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

export const readSchema = () => readFile(new URL('../prisma/schema.prisma', import.meta.url), 'utf8');

/** Prisma's driver would make a scratch database itself, and then fail to drop it: its own pool is still connected. */
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
 * The catalog's one-letter codes are of the type "char", which the engine expects and the driver refuses. Answers the
 * names of such columns, as they are met.
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
