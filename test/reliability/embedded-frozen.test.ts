import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../../src/storage/embedded/embedded.js';
import { quiet } from '../support/database.js';
import { open, postmasterOf, testFolder } from '../support/embedded.js';
import { spawnOpener } from '../support/opener.js';
import { until } from '../support/wait.js';

// PostgreSQL as a whole is stopped by SIGSTOP: its first process accepts no more connections, without an error.

test('a server leaves an embedded database that hangs within seconds, and says that it was not stopped', async () => {
  const dataDir = await testFolder();
  const warned: string[] = [];
  const embedded = await openEmbedded({ dataDir, log: { ...quiet, warn: (_, message) => warned.push(message) } });
  for (const pid of await processesOf(dataDir)) freeze(pid);
  const start = Date.now();
  await embedded.close();
  expect(Date.now() - start).toBeLessThan(20_000);
  expect(warned).toEqual(['the embedded database was not stopped; the next start attaches to it']);
});

test('a server that finds an embedded database that hangs says so, and gives up', async () => {
  const dataDir = await testFolder();
  const other = spawnOpener(dataDir);
  await other.said;
  freeze((await postmasterOf(dataDir)) as number);
  await expect(openEmbedded({ dataDir, log: quiet })).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringMatching(/^the embedded database in .* takes no connections: .*timeout/),
  });
});

test('a database one of whose processes hangs is stopped all the same', async () => {
  const dataDir = await testFolder();
  const embedded = await openEmbedded({ dataDir, log: quiet });
  const [, ...children] = await processesOf(dataDir);
  freeze(children[0] as number);
  await embedded.close();
  await until(async () => (await postmasterOf(dataDir)) === undefined);
  expect(await open(dataDir)).toHaveProperty('url');
});

function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It is gone.
    }
  });
}

/** The first process, and its children. */
async function processesOf(dataDir: string): Promise<number[]> {
  const first = (await postmasterOf(dataDir)) as number;
  const children = await readFile(`/proc/${first}/task/${first}/children`, 'utf8');
  return [first, ...children.trim().split(' ').map(Number)];
}
