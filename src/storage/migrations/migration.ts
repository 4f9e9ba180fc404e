import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A step of the database's schema. */
export interface Migration {
  /** `20261124001500_init`: names sort as the migrations follow each other. */
  readonly name: string;
  readonly sql: string;
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

export const migrationsFolder = new URL('../../../prisma/migrations', import.meta.url);
