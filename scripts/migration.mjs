// `npm run migration -- <name>`: writes the next migration, the difference between the existing migrations and
// schema.prisma, for its author to review and complete (checks, storage settings, data). Uses a database of its own.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [name] = process.argv.slice(2);
if (!/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
  console.error(`✗ expected a name such as add_node_groups, got ${JSON.stringify(name ?? '')}`);
  process.exit(1);
}

const { nextMigration } = await load('scripts/author.ts');
const sql = await withScratchDatabase(nextMigration);
if (sql === null) {
  console.log('The migrations and the schema agree: nothing to write.');
} else {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const file = `prisma/migrations/${stamp}_${name}/migration.sql`;
  await mkdir(join(path(file), '..'), { recursive: true });
  await writeFile(path(file), sql);
  console.log(`Wrote ${file}`);
}

async function withScratchDatabase(use) {
  const { openEmbedded } = await load('src/storage/embedded/embedded.ts');
  const dataDir = await mkdtemp(join(tmpdir(), 'stepcast-migration-'));
  const embedded = await openEmbedded({ dataDir, log: console });
  try {
    return await use(embedded.url);
  } finally {
    await embedded.close();
    await rm(dataDir, { recursive: true });
  }
}

/** Imports a TypeScript module from its source. */
async function load(file) {
  const { module } = await runnerImport(path(file), { root: path('.'), configFile: false });
  return module;
}

function path(file) {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}
