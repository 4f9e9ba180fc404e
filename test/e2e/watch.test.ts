import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { authenticating, createClient, restartable, runningStep } from '../client/fixture.js';

const script = fileURLToPath(new URL('../../dist/cli/watch.js', import.meta.url));

/** The command as a shell starts it: its output is a pipe. */
const watch = (...args: string[]) => watchWith({}, ...args);

function watchWith(variables: Readonly<Record<string, string>>, ...args: string[]) {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.error += text;
  });
  const code = once(child, 'close').then(([exitCode]) => exitCode as number | null);
  const seen = async (text: string) => {
    while (!said.out.includes(text)) await once(child.stdout, 'data');
  };
  return { child, code, said, seen };
}

async function stage() {
  const server = await restartable();
  const client = createClient({ url: server.url });
  return { server, client, ...(await runningStep(client, 1)) };
}

test('0: the operation succeeded; 1: it failed, or the cluster was deleted', async () => {
  const { server, client, clusterId, stepId } = await stage();
  const good = watch(clusterId, '--url', server.url);
  await good.seen('▸ Waiting');
  await client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: true, instanceId: 'a' }] });
  expect(await good.code).toBe(0);
  expect(good.said).toMatchObject({ error: '', out: expect.not.stringContaining('\u001b') });

  const operation = await client.startOperation({ clusterId, type: 'SCALING', steps: [{ stepName: 'Adding' }] });
  const bad = watch('demo', '--url', server.url);
  await bad.seen('scaling demo');
  await client.finishOperation({ operationId: operation?.id ?? '', successful: false });
  expect(await bad.code).toBe(1);

  const gone = watch('demo', '--url', server.url, '--wait', '--json');
  await gone.seen('"kind":"waiting"');
  await client.deleteCluster({ id: clusterId });
  expect(await gone.code).toBe(1);
  expect(gone.said.out).toContain('"kind":"deleted"');
});

test('2: the arguments are wrong, or there is no such cluster; 3: the server cannot be reached', async () => {
  const { server, clusterId } = await stage();
  const wrong = [
    ['--url', server.url],
    [clusterId, '--nonsense'],
    ['nobody', '--url', server.url],
    ['x', '--url', 'x'],
  ];
  for (const args of wrong) {
    const run = watch(...args);
    expect([await run.code, run.said.out]).toEqual([2, '']);
    expect(run.said.error).not.toBe('');
  }
  await server.stop();
  const away = watch(clusterId, '--url', server.url);
  expect(await away.code).toBe(3);
  expect(away.said.error).toContain('cannot reach');
});

test('3: the token is refused, or there is none: it says which variable to set', async () => {
  const server = await authenticating();
  const { clusterId } = await runningStep(createClient({ url: server.url, token: await server.token() }), 1);
  for (const token of ['', await server.token({ seconds: -60 })]) {
    const run = watchWith({ STEPCAST_TOKEN: token, STEPCAST_DATA_DIR: '/nowhere' }, clusterId, '--url', server.url);
    expect([await run.code, run.said.out]).toEqual([3, '']);
    expect(run.said.error).toMatch(/Set STEPCAST_TOKEN .* or STEPCAST_TOKEN_FILE/);
    if (token) expect(run.said.error).not.toContain(token);
  }
});

test('a token in a file may be replaced while it watches; that of a variable that ends is the end', async () => {
  const server = await authenticating();
  const client = createClient({ url: server.url, token: await server.token() });
  const { clusterId, stepId } = await runningStep(client, 1);
  const folder = mkdtempSync(join(tmpdir(), 'stepcast-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  const short = await server.token({ seconds: 4 });
  writeFileSync(file, short);
  const args = [clusterId, '--url', server.url];
  const kept = watchWith({ STEPCAST_TOKEN: '', STEPCAST_TOKEN_FILE: file }, ...args);
  const ended = watchWith({ STEPCAST_TOKEN: short }, ...args);
  await Promise.all([kept.seen('▸ Waiting'), ended.seen('▸ Waiting')]);
  expect(await ended.code).toBe(3);
  expect(ended.said.error).toContain('Set STEPCAST_TOKEN');
  writeFileSync(file, await server.token());
  await client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: true, instanceId: 'a' }] });
  expect([await kept.code, kept.said.error]).toEqual([0, '']);
});

test('130: stopped by Ctrl-C, which says that the operation goes on', async () => {
  const { server, client, clusterId } = await stage();
  const run = watch(clusterId, '--url', server.url);
  await run.seen('▸ Waiting');
  run.child.kill('SIGINT');
  expect([await run.code, run.said.error]).toEqual([130, 'stopped watching; the operation goes on\n']);
  expect((await client.cluster(clusterId))?.currentOperation).toMatchObject({ state: 'RUNNING' });
});

test('141: the output was closed, as by `| head`', async () => {
  const { server, client, clusterId } = await stage();
  const run = watch(clusterId, '--url', server.url);
  await run.seen('▸ Waiting');
  run.child.stdout.destroy();
  await client.updateCluster({ id: clusterId, status: 'Active' });
  await client.deleteCluster({ id: clusterId });
  expect([await run.code, run.said.error]).toEqual([141, '']);
});

test('--help lists the exit codes', async () => {
  const run = watch('--help');
  expect(await run.code).toBe(0);
  for (const code of [0, 1, 2, 3, 130, 141]) expect(run.said.out).toMatch(new RegExp(`^ {2}${code} `, 'm'));
});
