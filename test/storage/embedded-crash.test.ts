import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Stats } from 'node:fs';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../../src/storage/embedded/embedded.js';
import { quiet } from '../support/database.js';
import { ask, killDatabase, open, postmasterOf, testFolder } from '../support/embedded.js';
import { spawnOpener } from '../support/opener.js';
import { eventually, until } from '../support/wait.js';

test('the database of a server that was killed lives on, and the next start attaches to it', async () => {
  const dataDir = await testFolder();
  const server = spawnOpener(dataDir);
  const { url } = await server.said;
  await ask(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  const running = await postmasterOf(dataDir);
  await server.kill();
  expect(await ask((await open(dataDir)).url, 'SELECT number FROM kept')).toEqual([7]);
  expect(await postmasterOf(dataDir)).toBe(running);
});

test('a server that was killed holds no share: the one after it is the last to leave', async () => {
  const dataDir = await testFolder();
  const server = spawnOpener(dataDir);
  await server.said;
  const other = await openEmbedded({ dataDir, log: quiet });
  await server.kill();
  await eventually(async () => expect(await ask(other.url, shares)).toEqual(['1']));
  await other.close();
  expect(await postmasterOf(dataDir)).toBeUndefined();
});

const shares = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stepcast lease'`;

test('a server killed while it makes the data directory leaves nothing in the way of the next', async () => {
  const dataDir = await testFolder();
  const server = spawnOpener(dataDir);
  await until(async () => (await readdir(dataDir, { recursive: true })).length > 1, 1);
  await server.kill();
  expect(await readdir(dataDir)).toEqual([expect.stringMatching(/^postgres\.new-/)]);
  expect(await ask((await open(dataDir)).url, 'SELECT 1')).toEqual([1]);
});

test('a database that was killed recovers at the next start, its pid file notwithstanding', async () => {
  const dataDir = await testFolder();
  const server = spawnOpener(dataDir);
  const { url } = await server.said;
  await ask(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  await server.kill();
  await killDatabase(dataDir);
  expect(await ask((await open(dataDir)).url, 'SELECT number FROM kept')).toEqual([7]);
});

test('lock files whose number went to another process are no hindrance, and neither are empty ones', async () => {
  const dataDir = await testFolder();
  const data = join(dataDir, 'postgres');
  await openEmbedded({ dataDir, log: quiet }).then(({ close }) => close());
  const { pid } = await spawnBystander(await stat(data));
  const lock = `${pid}\n${data}\n1700000000\n5432\n${data}\n\n\nready\n`;
  for (const text of [lock, '']) {
    for (const name of ['.s.PGSQL.5432.lock', 'postmaster.pid']) {
      await writeFile(join(data, name), text);
      await utimes(join(data, name), 1_700_000_000, 1_700_000_000);
    }
    const { url, close } = await openEmbedded({ dataDir, log: quiet });
    expect(await ask(url, 'SELECT 1')).toEqual([1]);
    await close();
  }
});

/** Some process of the database's own user. */
async function spawnBystander({ uid, gid }: Stats) {
  const user = process.getuid?.() === 0 ? { uid, gid } : {};
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { cwd: '/', stdio: 'ignore', ...user });
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  return child;
}

test('a database that is killed beneath a server is brought back, where it was', async () => {
  const dataDir = await testFolder();
  const { url } = await open(dataDir);
  await ask(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  await killDatabase(dataDir);
  await eventually(async () => expect(await ask(url, 'SELECT number FROM kept')).toEqual([7]));
});
