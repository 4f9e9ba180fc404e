import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { ok } from '../support/api.js';
import { startApp } from '../support/app.js';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const timeout = 600_000;

const creating = [
  'Launching instances',
  'Waiting until instances accept connections',
  'Configuring replication',
  'Starting services',
  'Verifying replication',
];

test('S5, S5b: the demo creates a real cluster, adds replicas (one is retried, one is replaced), deletes it all', {
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
  expect(told('SCALING')).toEqual(creating.map((name, index) => [name, sources[index], 2]));
  expect(told('DELETING')).toEqual([
    ['Stopping instances', 'infra', 5],
    ['Removing data', 'infra', 5],
  ]);
  expect(
    steps.every(({ state, completedAt, duration }) => state === 'SUCCEEDED' && completedAt && duration !== null),
  ).toBe(true);
  const waiting = steps.find(({ stepType, stepName }) => stepType === 'SCALING' && stepName === creating[1]);
  expect(await unitsOf(stage, waiting?.id)).toEqual(
    expect.arrayContaining([
      { instanceName: expect.stringMatching(/-3$/), state: 'SUCCEEDED', reports: 2, lastFailure: taken },
      { instanceName: expect.stringMatching(/-4$/), state: 'REPLACED', reports: 1, lastFailure: taken },
      { instanceName: expect.stringMatching(/-5$/), state: 'SUCCEEDED', reports: 1, lastFailure: null },
    ]),
  );
  await stage.expectEmpty();
});

test('O2: an engine that is killed leaves its operation running, and the one that is started again supersedes it', {
  timeout,
}, async () => {
  const stage = await setStage();
  const demo = stage.run('examples/postgres-cluster/main.js', '--restart', '--replicas', '1');
  const clusterId = await idFrom(demo);
  expect(await demo.ended).toBe(0);
  const { nodes } = await stage.client.operations({ clusterId });
  const [deleting, scaling, created, killed] = nodes;
  expect([nodes.length, deleting?.state, scaling?.state, created?.state]).toEqual([
    4,
    'SUCCEEDED',
    'SUCCEEDED',
    'SUCCEEDED',
  ]);
  const reason = `superseded by operation ${created?.id}`;
  expect(killed).toMatchObject({ type: 'CREATING', state: 'INTERRUPTED', reason });
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
  const { nodes } = await stage.client.events({ clusterId, filter: { successful: false } });
  expect(nodes).toMatchObject([{ instanceName: expect.stringMatching(/-replica-2$/), nodeGroupId: 'replica' }]);
  const [failure] = nodes;
  expect(failure?.eventInfo).toContain('could not bind IPv4 address "127.0.0.1": Address already in use');
  expect(failure?.eventInfo).toMatch(/\n {4}at async Instance\.untilReady /);
  expect(failure?.errorId).toBeTruthy();
  expect(await stage.client.eventsByErrorId(failure?.errorId ?? '')).toEqual([failure]);
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

const taken = { eventInfo: expect.stringContaining('Address already in use') };

async function unitsOf({ ask }: Awaited<ReturnType<typeof setStage>>, id: string | undefined) {
  const query = `query ($id: ID!) { node(id: $id) { ... on ClusterProvisionStep {
    units { nodes { instanceName state reports lastFailure { eventInfo } } } } } }`;
  return (await ask(query, { id })).node.units.nodes;
}

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
    // biome-ignore lint/suspicious/noExplicitAny: an answer of any form
    ask: (query: string, variables: object): Promise<any> => ok(app.url, query, variables),
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
  const line = /npm run watch -- (\S+).*\n/;
  return line.exec(await demo.until(line))?.[1] ?? 'expected the demo to say what to watch';
}

/** The processes that have something to do with a folder, where the system tells. */
async function processesIn(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(folder));
}
