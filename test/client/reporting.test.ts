import { expect, onTestFinished, test, vi } from 'vitest';
import type { ReporterOptions } from '../../src/client/index.js';
import { until } from '../support/wait.js';
import { createClient, restartable } from './fixture.js';
import { type Asked, type Fate, relay } from './relay.js';

/** Milliseconds: longer than the longest test. */
const patiently = 60_000;

/** A server, a cluster on it, and a reporter that reaches it by a relay, with a clock that only the test moves. */
async function reporting(fate?: (asked: Asked) => Fate, options: ReporterOptions = {}) {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id: clusterId } = await client.createCluster({ name: 'demo' });
  const between = await relay(server.url, fate);
  const clock = { time: 0 };
  const told: string[] = [];
  const reporter = createClient({ url: between.url }).reporter({
    now: () => clock.time,
    onProblem: ({ message }) => told.push(`problem: ${message}`),
    onNotice: (message) => told.push(message),
    ...options,
  });
  const pass = async (milliseconds: number) => {
    clock.time += milliseconds;
  };
  const names = () => between.passed.map(({ name }) => name);
  const steps = async () => (await client.cluster(clusterId))?.provisioningProgress ?? [];
  const operations = async () => (await client.operations({ clusterId })).nodes;
  const work = { clusterId, type: 'CREATING' as const, steps: [] };
  return { client, clusterId, between, reporter, told, pass, names, steps, operations, work };
}

/** How long ago things happened, as it was told with what got through. */
const agesOf = (passed: readonly Asked[]) =>
  passed.flatMap(({ name, input }) => {
    if (input.events) return input.events.map((event: { ageMs: number }) => ['event', event.ageMs]);
    return input.ageMs === undefined ? [] : [[name, input.ageMs]];
  });

/** What was on its way already when the way became free may still say a lesser age. */
const passesSince =
  (age: number) =>
  ({ name, input }: Asked): Fate =>
    name === 'StartOperation' && input.ageMs < age ? 'cut' : 'pass';

test('S9: cut off for 6 s while two steps of 3 s pass: they are told to have taken 3 s and 3 s', async () => {
  const { between, reporter, pass, told, work } = await reporting(() => 'cut');
  await reporter.operation(work, async (operation) => {
    for (const name of ['one', 'two']) {
      await operation.step(name, { total: 1 }, (step) => step.unit({ instanceId: 'a' }, () => pass(3000)));
    }
  });
  between.fate = passesSince(6000);
  expect(await reporter.flush(patiently)).toBe(0);
  expect(agesOf(between.passed)).toEqual([
    ['StartOperation', 6000],
    ['StartStep', 6000],
    ['event', 3000],
    ['StartStep', 3000],
    ['event', 0],
    ['FinishOperation', 0],
  ]);
  expect(told).toEqual([]);
});

test('an age is never negative, nor more than an Int holds', async () => {
  const { between, reporter, pass, told, work } = await reporting(() => 'cut');
  const operation = reporter.startOperation(work);
  await operation.step('ancient', {}, () => pass(-5000));
  await pass(1e12);
  between.fate = passesSince(2 ** 31 - 1);
  expect(await reporter.flush(patiently)).toBe(0);
  await operation.step('backwards', {}, () => pass(-5000));
  expect(await reporter.flush(patiently)).toBe(0);
  const ages = agesOf(between.passed);
  expect(ages.slice(0, 3)).toEqual([
    ['StartOperation', 2 ** 31 - 1],
    ['StartStep', 2 ** 31 - 1],
    ['FinishStep', 2 ** 31 - 1],
  ]);
  for (const [, age] of ages.slice(3)) expect(age).toBe(0);
  expect(told.filter((line) => line.startsWith('problem'))).toEqual([]);
});

test('S1: an extra step is put behind the current one, and the same name again is a new step', async () => {
  const { reporter, steps, told, work } = await reporting();
  await reporter.operation({ ...work, steps: [{ stepName: 'planned' }, { stepName: 'last' }] }, async (operation) => {
    for (const name of ['planned', 'planned', 'extra', 'last']) await operation.step(name, {}, async () => {});
  });
  expect(await reporter.flush(patiently)).toBe(0);
  const states = (await steps()).map(({ stepName, state }) => [stepName, state]);
  expect(states).toEqual(['planned', 'planned', 'extra', 'last'].map((name) => [name, 'SUCCEEDED']));
  expect(told).toEqual([]);
});

test('O3: a call whose answer was lost is repeated as it was, and changes nothing twice', async () => {
  const { between, reporter, operations, work } = await reporting(({ name, times }) =>
    name === 'StartOperation' && times < 3 ? 'lose' : 'pass',
  );
  reporter.startOperation(work).cancel('enough');
  expect(await reporter.flush(patiently)).toBe(0);
  expect(between.seen.map(({ name, times }) => [name, times])).toEqual([
    ['StartOperation', 1],
    ['StartOperation', 2],
    ['StartOperation', 3],
    ['CancelOperation', 1],
  ]);
  expect(between.seen[0]?.input).toMatchObject({ leaseSeconds: 120, id: expect.any(String) });
  expect(await operations()).toMatchObject([{ state: 'CANCELLED', reason: 'enough' }]);
});

test('O2: another operation that runs is waited for by default, which is told once; then the work is recorded', async () => {
  const { client, clusterId, between, reporter, operations, told, work } = await reporting();
  const other = await client.startOperation({ clusterId, type: 'CREATING', steps: [] });
  await reporter.operation(work, (operation) => operation.step('one', {}, async () => {}));
  await between.untilPassed(3, 'StartOperation');
  expect(told).toEqual([`waiting for operation ${other?.id} on cluster ${clusterId} to end`]);
  expect(await operations()).toMatchObject([{ state: 'RUNNING' }]);
  await client.finishOperation({ operationId: other?.id as string, successful: true });
  expect(await reporter.flush(patiently)).toBe(0);
  expect(await operations()).toMatchObject([{ state: 'SUCCEEDED' }, { state: 'SUCCEEDED' }]);
  expect(told).toHaveLength(1);
});

test('O2: with onConflict `fail`, another operation is one problem told', async () => {
  const { client, clusterId, reporter, operations, names, told, work } = await reporting();
  await client.startOperation({ clusterId, type: 'CREATING', steps: [] });
  await reporter.operation({ ...work, onConflict: 'fail' }, (operation) => operation.step('one', {}, async () => {}));
  expect(await reporter.flush(patiently)).toBe(0);
  expect(told).toEqual([expect.stringMatching(/^problem: expected a cluster that no operation runs on/)]);
  expect(names()).toEqual(['StartOperation']);
  expect(await operations()).toMatchObject([{ state: 'RUNNING' }]);
});

test('O2: with onConflict `supersede`, another operation is ended at once, and its reporter is told', async () => {
  const { client, clusterId, reporter, operations, told, work } = await reporting();
  const problems: string[] = [];
  const other = client.reporter({ onProblem: ({ message }) => problems.push(message) });
  const superseded = other.startOperation(work);
  await other.flush(patiently);
  await reporter.operation({ ...work, onConflict: 'supersede' }, async () => {});
  expect(await reporter.flush(patiently)).toBe(0);
  expect(await operations()).toMatchObject([
    { state: 'SUCCEEDED' },
    { state: 'INTERRUPTED', reason: expect.stringMatching(/^superseded by operation /) },
  ]);
  superseded.finish({ successful: true });
  expect(await other.flush(patiently)).toBe(0);
  expect(told).toEqual([]);
  expect(problems).toEqual([expect.stringContaining('INTERRUPTED')]);
  expect(clusterId).toBeTruthy();
});

test('O3: an id that is taken by other content is a problem told, and not waited for', async () => {
  const { reporter, told, work } = await reporting();
  const id = crypto.randomUUID();
  reporter.startOperation({ ...work, id });
  reporter.startOperation({ ...work, id, type: 'SCALING' });
  expect(await reporter.flush(patiently)).toBe(0);
  expect(told).toEqual([expect.stringMatching(/^problem: /)]);
});

test('S5b: a unit that stands in for another counts in its place', async () => {
  const { reporter, steps, names, told, work } = await reporting();
  await reporter.startOperation(work).step('one', { total: 1 }, async (step) => {
    await step.unit({ instanceId: 'dead' }, () => Promise.reject(new Error('gone'))).catch(() => {});
    await step.unit({ instanceId: 'new', replacesInstanceId: 'dead' }, async () => {});
  });
  expect(await reporter.flush(patiently)).toBe(0);
  expect(await steps()).toMatchObject([{ state: 'SUCCEEDED', completed: 1, failed: 0 }]);
  expect(names()).not.toContain('FinishStep');
  expect(told).toEqual([]);
});

test('S3: a step that begins while another is performed is told, and its units are reported of that other', async () => {
  const { client, clusterId, reporter, steps, told, work } = await reporting();
  await reporter.operation(work, async (operation) => {
    await operation.step('outer', {}, async (outer) => {
      await outer.unit({ instanceId: 'a' }, async () => {});
      await operation.step('inner', { total: 5 }, (inner) => inner.unit({ instanceId: 'b' }, async () => {}));
    });
    await Promise.all(
      ['first', 'second'].map((name) =>
        operation.step(name, {}, (step) => step.unit({ instanceId: name }, async () => {})),
      ),
    );
    await operation.step('after', {}, async () => {});
  });
  expect(await reporter.flush(patiently)).toBe(0);
  expect((await steps()).map(({ stepName, state, completed }) => [stepName, state, completed])).toEqual([
    ['outer', 'SUCCEEDED', 2],
    ['first', 'SUCCEEDED', 2],
    ['after', 'SUCCEEDED', 0],
  ]);
  expect(told).toEqual([
    'problem: expected step "inner" to begin after the end of step "outer": its units are reported of that one',
    'problem: expected step "second" to begin after the end of step "first": its units are reported of that one',
  ]);
  expect((await client.operations({ clusterId })).nodes).toMatchObject([{ state: 'SUCCEEDED' }]);
});

test('a report that the server refuses is told, and its step does not stay open: what follows is recorded', async () => {
  const { client, clusterId, reporter, steps, told, work } = await reporting();
  await reporter.operation(work, async (operation) => {
    await operation.step('refused', { total: 2 }, async (step) => {
      await step.unit({ instanceId: 'a' }, async () => {});
      await step.unit({ instanceName: 'n'.repeat(256) }, async () => {});
    });
    await operation.step('next', {}, async () => {});
  });
  expect(await reporter.flush(patiently)).toBe(0);
  expect(await steps()).toMatchObject([{ state: 'FAILED', completed: 1 }, { state: 'SUCCEEDED' }]);
  const { nodes } = await client.events({ clusterId, filter: { successful: false } });
  expect(nodes).toMatchObject([{ eventInfo: expect.stringMatching(/^1 report was not recorded: .*255 characters/) }]);
  expect(told).toEqual([expect.stringMatching(/^problem: event .* was refused: .*255 characters/)]);
});

/** The server's own intervals began before: only those of the reporter are the test's. */
function holdIntervals() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  return (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
}

test('O7: a heartbeat goes out at every third of the lease until the operation is over; a lost one is not told', async () => {
  const { client, between, reporter, told, work } = await reporting(({ name, times }) =>
    name === 'Heartbeat' && times === 2 ? 'cut' : 'pass',
  );
  const advance = holdIntervals();
  reporter.startOperation({ ...work, leaseSeconds: 300 });
  expect(await reporter.flush(patiently)).toBe(0);
  const beats = () => between.seen.filter(({ name }) => name === 'Heartbeat').length;
  await advance(99_999);
  expect(beats()).toBe(0);
  await advance(1);
  await between.untilPassed(1, 'Heartbeat');
  await advance(100_000);
  await between.untilSeen(2, 'Heartbeat');
  await advance(100_000);
  await between.untilPassed(2, 'Heartbeat');
  expect(told).toEqual([]);

  await client.startOperation({ ...work, supersede: true });
  await advance(100_000);
  await until(() => told.length > 0);
  expect(told).toEqual([expect.stringMatching(/^problem: .*INTERRUPTED/)]);
  await advance(1_000_000);
  expect([beats(), told.length]).toEqual([4, 1]);
});

test('O7: no heartbeat follows the end of an operation', async () => {
  const { reporter, names, work } = await reporting();
  const advance = holdIntervals();
  reporter.startOperation(work).finish({ successful: true });
  expect(await reporter.flush(patiently)).toBe(0);
  await advance(1_000_000);
  expect(names()).toEqual(['StartOperation', 'FinishOperation']);
});

test('E7: a server that is away for long is told of once, and once more when it is back, with what was kept', async () => {
  const { between, reporter, told, pass, steps, work } = await reporting(() => 'cut', { limit: 2_000 });
  const done = reporter.operation(work, (operation) =>
    operation.step('unseen', { total: 100 }, async (step) => {
      for (let unit = 0; unit < 100; unit++) await step.unit({ instanceId: `${unit}` }, async () => {});
    }),
  );
  await done;
  await between.untilSeen(2);
  await pass(61_000);
  const seen = between.seen.length;
  await between.untilSeen(seen + 3);
  const away =
    /^the server is away since \d{4}-\d\d-\d\dT[\d:.]+Z: cannot reach .*; what is reported is kept and sent later$/;
  expect(told).toEqual([
    'problem: reports are being dropped: too many are waiting for the server',
    expect.stringMatching(away),
  ]);

  between.fate = () => 'pass';
  expect(await reporter.flush(patiently)).toBe(0);
  expect(told).toHaveLength(3);
  const [, kept, dropped] =
    /^the server is back after 61 s; kept: (\d+) reports and calls; dropped: (\d+) reports$/.exec(told[2] ?? '') ?? [];
  // Besides the reports, four calls: to start and end the step and the operation.
  expect(Number(kept) - 4 + Number(dropped)).toBe(100);
  expect(await steps()).toMatchObject([{ state: 'FAILED', completed: Number(kept) - 4 }]);
});
