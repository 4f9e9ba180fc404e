import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { startApp } from '../support/app.js';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const timeout = 240_000;

const creating = [
  'Launching instances',
  'Waiting until instances accept connections',
  'Configuring replication',
  'Starting services',
  'Verifying replication',
];

test('the demo creates a real cluster, adds a replica, deletes it all, and a watcher sees it succeed', {
  timeout,
}, async () => {
  const stage = await setStage();
  const demo = stage.run('examples/postgres-cluster/main.js', '--replicas', '2');
  const clusterId = await idFrom(demo);
  const watch = stage.run('cli/watch.js', clusterId);

  expect(await watch.ended).toBe(0);
  expect(await watch.output).toContain('✓ Verifying replication completed 2 out of 2 in ');
  expect(await watch.output).toMatch(/creating demo-\w+: succeeded in /);
  expect(await demo.ended).toBe(0);

  const cluster = await stage.client.cluster(clusterId);
  expect(cluster?.status).toBe('Deleted');
  const steps = cluster?.provisioningProgress ?? [];
  const told = (type: string) =>
    steps
      .filter(({ stepType }) => stepType === type)
      .map(({ stepName, source, completed }) => [stepName, source, completed]);
  const sources = ['infra', 'infra', 'postgresql', 'postgresql', 'postgresql'];
  expect(told('CREATING')).toEqual(creating.map((name, index) => [name, sources[index], index < 3 ? 3 : 2]));
  expect(told('SCALING')).toEqual(creating.map((name, index) => [name, sources[index], 1]));
  expect(told('DELETING')).toEqual([
    ['Stopping instances', 'infra', 4],
    ['Removing data', 'infra', 4],
  ]);
  expect(
    steps.every(({ state, completedAt, duration }) => state === 'SUCCEEDED' && completedAt && duration !== null),
  ).toBe(true);
  await stage.expectEmpty();
});

test('E5: a replica whose port is taken fails with its log, traceback and error id, and a watcher sees them', {
  timeout,
}, async () => {
  const stage = await setStage();
  const demo = stage.run('examples/postgres-cluster/main.js', '--break', '--replicas', '2');
  const clusterId = await idFrom(demo);
  const watch = stage.run('cli/watch.js', clusterId);

  expect(await watch.ended).toBe(1);
  await demo.ended;
  const { nodes } = await stage.client.events({ clusterId, successful: false });
  expect(nodes).toMatchObject([{ instanceName: expect.stringMatching(/-replica-2$/), nodeGroupId: 'replica' }]);
  const [failure] = nodes;
  expect(failure?.eventInfo).toContain('could not bind IPv4 address "127.0.0.1": Address already in use');
  expect(failure?.eventInfo).toMatch(/\n {4}at async Instance\.untilReady /);
  expect(failure?.errorId).toBeTruthy();
  expect(await stage.client.eventByErrorId(failure?.errorId ?? '')).toEqual(failure);
  expect(stage.logged.filter(({ errorId }) => errorId === failure?.errorId)).toHaveLength(1);

  const output = await watch.output;
  for (const seen of [
    failure?.errorId,
    failure?.instanceName,
    'Address already in use',
    'at async Instance.untilReady',
  ]) {
    expect(output).toContain(seen);
  }
  const cluster = await stage.client.cluster(clusterId);
  expect(cluster).toMatchObject({
    status: 'Error',
    statusDescription: expect.stringContaining('ended with exit code 1'),
  });
  const states = ['SUCCEEDED', 'FAILED', 'SKIPPED', 'SKIPPED', 'SKIPPED'];
  expect(cluster?.provisioningProgress.map(({ state }) => state)).toEqual(states);
  expect(cluster?.provisioningProgress[1]).toMatchObject({
    completed: 2,
    failed: 1,
    completedAt: null,
    successful: false,
  });
  await stage.expectEmpty();
});

test('the demo, when interrupted, says so, and leaves neither processes nor files', { timeout }, async () => {
  const stage = await setStage();
  const demo = stage.run('examples/postgres-cluster/main.js', '--slow');
  const clusterId = await idFrom(demo);
  const following = stage.client.followProgress({ clusterId });
  for await (const { steps } of following) {
    if (steps.some(({ position, state }) => position === 1 && state === 'RUNNING')) break;
  }
  demo.child.kill('SIGINT');
  expect(await demo.ended).toBe(1);
  const { nodes } = await stage.client.operations({ clusterId });
  expect(nodes).toMatchObject([{ state: 'FAILED' }]);
  await stage.expectEmpty();
});

/** A server, and a folder of its own for whatever the demo leaves behind. */
async function setStage() {
  const app = await startApp();
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-test-'));
  // The demo's PostgreSQL may run as another user, who has to get through.
  await chmod(folder, 0o755);
  const running = new Set<ChildProcess>();
  onTestFinished(async () => {
    for (const child of running) child.kill('SIGKILL');
    await app.close();
    await rm(folder, { recursive: true });
  });
  const url = `${app.url}/graphql`;
  return {
    client: createClient({ url }),
    logged: app.logged,
    run: (script: string, ...args: string[]) => {
      const run = start([join(dist, script), ...args, '--url', url], folder);
      running.add(run.child);
      run.child.once('exit', () => running.delete(run.child));
      return run;
    },
    expectEmpty: async () => {
      expect(await readdir(folder)).toEqual([]);
      expect(await processesIn(folder)).toEqual([]);
    },
  };
}

function start(args: string[], folder: string) {
  const env = { ...process.env, TMPDIR: folder, TEMP: folder };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  /** What the output has said by the time it matches, or by its end. */
  const until = async (pattern: RegExp) => {
    while (!pattern.test(said) && child.stdout.readable) {
      await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')]);
    }
    return said;
  };
  return { child, ended, until, output: ended.then(() => said) };
}

async function idFrom(demo: ReturnType<typeof start>): Promise<string> {
  const line = /npm run watch -- (\S+)\n/;
  return line.exec(await demo.until(line))?.[1] ?? 'expected the demo to say what to watch';
}

/** The processes that have something to do with a folder, where the system tells. */
async function processesIn(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(folder));
}
