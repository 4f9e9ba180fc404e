import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type Embedded, openEmbedded } from '../../src/storage/embedded/embedded.js';
import { findPostmaster } from '../../src/storage/embedded/postmaster.js';
import { quiet } from './database.js';
import { until } from './wait.js';

/** A directory of the test, removed afterwards, together with the database that may still run in it. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-test-'));
  // Started as root, the database runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o755);
  onTestFinished(async () => {
    await killDatabase(folder);
    await rm(folder, { recursive: true });
  });
  return folder;
}

/** Ends the database of a data directory at once, as if the machine had lost its power. */
export async function killDatabase(dataDir: string): Promise<void> {
  const pid = await postmasterOf(dataDir);
  if (pid === undefined) return;
  process.kill(pid, 'SIGKILL');
  await until(async () => (await postmasterOf(dataDir)) !== pid);
}

/** Open until the test is over. */
export async function open(dataDir: string): Promise<Embedded> {
  const embedded = await openEmbedded({ dataDir, log: quiet });
  onTestFinished(() => embedded.close());
  return embedded;
}

/** The embedded database's URL, for what its servers may not do. */
export const asSuperuser = (url: string) => url.replace('//stepcast@', '//stepcast_admin@');

/** All values that a statement returns, in one list. */
export async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  try {
    await client.connect();
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

/** The number of the process that runs a data directory's database; undefined when none does. */
export const postmasterOf = async (dataDir: string) => (await findPostmaster(join(dataDir, 'postgres')))?.pid;
