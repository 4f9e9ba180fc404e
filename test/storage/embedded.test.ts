import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openEmbedded } from '../../src/storage/embedded/embedded.js';
import { quiet } from '../support/database.js';
import { ask, open, postmasterOf, testFolder } from '../support/embedded.js';
import { spawnOpener } from '../support/opener.js';

test('it is durable, in UTF-8, and knows letters beyond ASCII', async () => {
  const { url } = await open(await testFolder());
  const answers = await ask(url, `SELECT current_setting('fsync'), current_setting('server_encoding'), 'É' ILIKE 'é'`);
  expect(answers).toEqual(['on', 'UTF8', true]);
});

test('the last server to leave stops it, and what was stored is there at the next start', async () => {
  const dataDir = await testFolder();
  const first = await openEmbedded({ dataDir, log: quiet });
  const second = await openEmbedded({ dataDir, log: quiet });
  await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS number');
  await first.close();
  expect(await ask(second.url, 'SELECT number FROM kept')).toEqual([7]);
  await second.close();
  expect(await postmasterOf(dataDir)).toBeUndefined();
  const { url } = await open(dataDir);
  expect(await ask(url, 'SELECT number FROM kept')).toEqual([7]);
});

test('servers that start at once on an empty directory all come up, on the same one', async () => {
  const dataDir = await testFolder();
  const others = [spawnOpener(dataDir), spawnOpener(dataDir)].map(({ said }) => said);
  const opened = await Promise.all([open(dataDir), open(dataDir), ...others]);
  const started = await Promise.all(opened.map(({ url }) => ask(url, 'SELECT pg_postmaster_start_time()::text')));
  expect(new Set(started.flat()).size).toBe(1);
  expect(await readdir(dataDir)).toEqual(['postgres', 'postgres.log']);
});

test('servers that come while others leave find it running, or start it again', async () => {
  const dataDir = await testFolder();
  const comeAndGo = async () => {
    for (let round = 0; round < 5; round++) {
      const { url, close } = await openEmbedded({ dataDir, log: quiet });
      expect(await ask(url, 'SELECT 1')).toEqual([1]);
      await close();
    }
  };
  await Promise.all(Array.from({ length: 6 }, comeAndGo));
  expect(await postmasterOf(dataDir)).toBeUndefined();
});
