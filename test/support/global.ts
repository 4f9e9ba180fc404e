import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openEmbedded } from '../../src/storage/embedded/embedded.js';
import { migrate } from '../../src/storage/migrations/migrate.js';
import { databaseAt, quiet } from './database.js';
import { ask, asSuperuser } from './embedded.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL for all tests of the run, and in it a migrated database to copy. */
    postgres: { url: string; template: string };
  }
}

/** One PostgreSQL for the run: that of TEST_DATABASE_URL, or one of our own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await openServer();
  const template = `stepcast_template_${project.name}_${process.pid}`;
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  await migrate({ connectionString: databaseAt(server.url, template) }, { log: quiet });
  project.provide('postgres', { url: server.url, template });
  return async () => {
    await admin.query(`DROP DATABASE ${template}`);
    await admin.end();
    await server.close();
  };
}

async function openServer(): Promise<{ url: string; close(): Promise<void> }> {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return { url, close: async () => {} };
  const dataDir = await mkdtemp(join(tmpdir(), 'stepcast-test-'));
  const embedded = await openEmbedded({ dataDir, log: quiet });
  // Tests have the role that servers have, which may also create databases here.
  await ask(asSuperuser(embedded.url), 'ALTER ROLE stepcast CREATEDB');
  const close = async () => {
    await embedded.close();
    await rm(dataDir, { recursive: true });
  };
  return { url: embedded.url, close };
}
