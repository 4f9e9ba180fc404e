import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/wait.js';
import { createClient, restartable } from './fixture.js';

const script = fileURLToPath(new URL('plugin.mjs', import.meta.url));

/** A process that runs a scenario of plugin.mjs. Killed with the test. */
function plugin(scenario: string, options: object, nodeOptions: readonly string[] = []) {
  const child = spawn(process.execPath, [...nodeOptions, script, scenario, JSON.stringify(options)]);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    ended,
    stderr: () => stderr,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    goOn: () => child.stdin.write('\n'),
    says: async (wanted: string) => {
      const { done, value } = await lines.next();
      if (done || value !== wanted) throw new Error(`expected ${wanted}, got ${value ?? `the end, and ${stderr}`}`);
    },
  };
}

async function stage() {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id: clusterId } = await client.createCluster({ name: 'demo' });
  const operations = async () => (await client.operations({ clusterId })).nodes;
  return {
    server,
    client,
    clusterId,
    operations,
    work: { url: server.url, clusterId },
    steps: async () => (await client.cluster(clusterId))?.provisioningProgress ?? [],
    failures: async () => (await client.events({ clusterId, filter: { successful: false } })).nodes,
    /** Resolves once the states of all operations, the newest first, are these. */
    until: (...states: string[]) =>
      eventually(async () => expect((await operations()).map(({ state }) => state)).toEqual(states)),
  };
}

test('O7: a plugin that was killed and started again: its first run is interrupted by its lease, the second is recorded', async () => {
  const { work, operations, steps } = await stage();
  const first = plugin('waiting', { ...work, leaseSeconds: 2 });
  await first.says('half');
  first.signal('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  const second = plugin('waiting', { ...work, leaseSeconds: 60 });
  await second.says('half');
  second.goOn();
  await second.says('done');
  expect(await operations()).toMatchObject([
    { state: 'SUCCEEDED' },
    { state: 'INTERRUPTED', reason: expect.stringMatching(/^no report came for 2 s/) },
  ]);
  expect(await steps()).toMatchObject([
    { state: 'FAILED', completed: 1 },
    { state: 'SUCCEEDED', completed: 2 },
  ]);
});

test('O2: with onConflict `supersede`, a plugin that was killed and started again does not wait for its lease', async () => {
  const { work, operations } = await stage();
  const first = plugin('waiting', work);
  await first.says('half');
  first.signal('SIGKILL');
  const second = plugin('waiting', { ...work, onConflict: 'supersede' });
  await second.says('half');
  second.goOn();
  await second.says('done');
  expect(await operations()).toMatchObject([
    { state: 'SUCCEEDED' },
    { state: 'INTERRUPTED', reason: expect.stringMatching(/^superseded by operation/) },
  ]);
  expect(second.stderr()).toBe('');
});

test('O2: of two plugins that start on one cluster at once, one waits and says so; both are recorded', async () => {
  const { work, until, operations, steps } = await stage();
  const both = [plugin('waiting', work), plugin('waiting', work)];
  await Promise.race(both.map(({ says }) => says('half')));
  await eventually(() =>
    expect(both.map(({ stderr }) => stderr()).join('')).toMatch(/^stepcast: waiting for operation /),
  );
  await until('RUNNING');
  for (const { goOn } of both) goOn();
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  await until('SUCCEEDED', 'SUCCEEDED');
  const [{ id } = { id: '' }] = (await operations()).slice(-1);
  const said = both.map(({ stderr }) => stderr()).filter((text) => text !== '');
  expect(said).toEqual([`stepcast: waiting for operation ${id} on cluster ${work.clusterId} to end\n`]);
  expect(await steps()).toMatchObject([{ completed: 2 }, { completed: 2 }]);
});

test('O7: a machine that sleeps for longer than the lease goes on with its operation when it wakes', async () => {
  const { work, until, failures, steps } = await stage();
  const sleeping = plugin('waiting', { ...work, leaseSeconds: 3 });
  await sleeping.says('half');
  sleeping.signal('SIGSTOP');
  await until('INTERRUPTED');
  expect(await steps()).toMatchObject([{ state: 'FAILED', failed: 1 }]);
  sleeping.signal('SIGCONT');
  // The heartbeat alone brings it back.
  await until('RUNNING');
  sleeping.goOn();
  await sleeping.says('done');
  await until('SUCCEEDED');
  expect(await steps()).toMatchObject([{ state: 'SUCCEEDED', completed: 2, failed: 0 }]);
  for (const failure of await failures()) expect(failure).toMatchObject({ withdrawn: true });
  expect(sleeping.stderr()).toBe('');
});

test('O7: a plugin that is too busy for a heartbeat longer than the lease loses nothing', async () => {
  const { work, until, failures, steps } = await stage();
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'enough');
  const busy = plugin('blocked', { ...work, leaseSeconds: 3, until: file });
  await busy.says('half');
  await until('INTERRUPTED');
  await writeFile(file, '');
  await busy.says('done');
  await until('SUCCEEDED');
  expect(await steps()).toMatchObject([{ state: 'SUCCEEDED', completed: 2, failed: 0 }]);
  expect(await failures()).not.toEqual([]);
  for (const failure of await failures()) expect(failure).toMatchObject({ withdrawn: true });
});

test('two processes do the units of one step, and the last of them closes it', async () => {
  const { work, until, steps, failures } = await stage();
  const shared = {
    ...work,
    id: crypto.randomUUID(),
    steps: [{ id: crypto.randomUUID(), stepName: 'shared', total: 6 }],
    step: { shared: true },
  };
  const first = plugin('sharing', { ...shared, units: ['a', 'b'] });
  const second = plugin('sharing', { ...shared, units: ['c', 'd'] });
  await Promise.all([first.says('half'), second.says('half')]);
  first.goOn();
  await first.says('done');
  expect(await first.ended).toBe(0);
  expect(await steps()).toMatchObject([{ state: 'RUNNING', completed: 5 }]);
  second.goOn();
  await second.says('done');
  await until('SUCCEEDED');
  expect(await steps()).toMatchObject([{ state: 'SUCCEEDED', completed: 6 }]);
  expect(await failures()).toEqual([]);
  expect(first.stderr() + second.stderr()).toBe('');
});

test.each([-3_600_000, 3_600_000])('S9: the clock of a plugin that is %i ms off changes no time', async (off) => {
  const { server, client, clusterId, work, steps, operations } = await stage();
  const shift = `globalThis.Date = class extends Date {
    constructor(...given) { given.length ? super(...given) : super(Date.now()); }
    static now() { return super.now() + ${off}; }
  }`;
  const source = `data:text/javascript,${encodeURIComponent(shift)}`;
  const wrong = plugin('waiting', work, ['--import', source]);
  await wrong.says('half');
  // What it reports while the server is away has an age.
  await server.stop();
  wrong.goOn();
  await server.start();
  await wrong.says('done');
  const began = Date.parse((await client.cluster(clusterId))?.createdAt ?? '');
  const { nodes } = await client.events({ clusterId });
  const [operation] = await operations();
  const times = [...nodes.map(({ occurredAt }) => occurredAt), operation?.startedAt, operation?.completedAt];
  for (const time of times) {
    expect(Date.parse(time ?? '')).toBeGreaterThanOrEqual(began);
    expect(Date.parse(time ?? '')).toBeLessThanOrEqual(Date.now());
  }
  expect(await steps()).toMatchObject([{ state: 'SUCCEEDED', completed: 2 }]);
});

test.each([
  ['exiting', 'calls process.exit', 7],
  ['ending', 'comes to its end without flush', 0],
  ['rejecting', 'dies of an unhandled rejection', 1],
])(
  'E7: a plugin that is %s (it %s) says how many reports are lost, and its exit code stays',
  async (scenario, _, code) => {
    const { server, work } = await stage();
    await server.stop();
    const lost = plugin(scenario, work);
    expect(await lost.ended).toBe(code);
    expect(lost.stderr()).toMatch(
      /stepcast: the process ended before \d+ reports and calls were delivered: flush\(\) waits for them\n/,
    );
  },
);

test('what was delivered is not told of at the end of the process', async () => {
  const { work, until } = await stage();
  const all = plugin('waiting', work);
  await all.says('half');
  all.goOn();
  await all.says('done');
  expect(await all.ended).toBe(0);
  await until('SUCCEEDED');
  expect(all.stderr()).toBe('');
});
