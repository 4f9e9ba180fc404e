import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createClient, restartable } from '../client/fixture.js';

const script = fileURLToPath(new URL('../../dist/examples/cluster-list/main.js', import.meta.url));

/** The example's lines, one after the other, up to one; what it says of its connection meanwhile is left out. */
function run(...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async (wanted: string): Promise<string[]> => {
    const read: string[] = [];
    while (!read.at(-1)?.startsWith(wanted)) {
      const { done, value } = await lines.next();
      if (done) throw new Error(`expected a line that begins with ${wanted}, got ${JSON.stringify(read)}`);
      const isState = / since \d/.test(value);
      if (!isState || value.startsWith(wanted)) read.push(value);
    }
    return read;
  };
}

test('the example prints the list of clusters, and what comes, changes and goes', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  await client.createCluster({ name: 'first', status: 'Active' });
  const until = run('--url', server.url, '--status', 'Active');
  expect((await until('-- 1')).slice(-2)).toEqual(['+ first (Active)', '-- 1']);
  const { id } = await client.createCluster({ name: 'second', status: 'Waiting' });
  await client.updateCluster({ id, status: 'Active' });
  expect(await until('-- 2')).toEqual(['+ second (Active)', '-- 2']);
  await client.startOperation({ clusterId: id, type: 'CREATING', steps: [{ stepName: 'Booting' }] });
  expect((await until('-- 2')).slice(0, 1)).toEqual(['  second (Active), creating: running']);
  await client.updateCluster({ id, status: 'Error' });
  expect((await until('-- 1')).slice(-2)).toEqual(['- second', '-- 1']);
  await server.stop();
  await until('-- stale since');
});
