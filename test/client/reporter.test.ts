import pg from 'pg';
import { expect, test } from 'vitest';
import type { Client, ReporterOptions } from '../../src/client/index.js';
import { createClient, restartable, runningStep } from './fixture.js';
import { losesEachOnce, relay } from './relay.js';

/** Milliseconds: longer than the longest test. */
const patiently = 60_000;

const plan = (clusterId: string, ...stepNames: string[]) => ({
  clusterId,
  type: 'CREATING' as const,
  steps: stepNames.map((stepName) => ({ stepName })),
});

/** A reporter, and what it could not report. */
function reporting(client: Client, options: ReporterOptions = {}) {
  const problems: string[] = [];
  const onProblem = (problem: Error) => void problems.push(problem.message);
  return { problems, reporter: client.reporter({ onProblem, ...options }) };
}

async function steps(client: Client, clusterId: string) {
  return (await client.cluster(clusterId))?.provisioningProgress ?? [];
}

async function failures(client: Client, clusterId: string) {
  return (await client.events({ clusterId, filter: { successful: false } })).nodes;
}

const idle = async () => {};

async function query(databaseUrl: string, sql: string): Promise<void> {
  const database = new pg.Client(databaseUrl);
  await database.connect();
  await database.query(sql);
  await database.end();
}

test('E7: work goes on while the server is away, and all of it is reported once the server is back', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  await server.stop();

  const { reporter, problems } = reporting(client);
  reporter.setStatus(id, 'Configuring', 'in the dark');
  const result = await reporter.operation(plan(id, 'one', 'two'), async (operation) => {
    for (const name of ['one', 'two']) {
      await operation.step(name, { total: 500 }, async (step) => {
        for (let unit = 0; unit < 500; unit++) await step.unit({ instanceId: `${unit}` }, idle);
      });
    }
    return 'done';
  });
  expect(result).toBe('done');
  expect(await reporter.flush(1)).toBeGreaterThan(1000);

  await server.start();
  expect(await reporter.flush(patiently)).toBe(0);
  expect(await steps(client, id)).toMatchObject([
    { stepName: 'one', state: 'SUCCEEDED', completed: 500 },
    { stepName: 'two', state: 'SUCCEEDED', completed: 500 },
  ]);
  expect(await client.cluster(id)).toMatchObject({ status: 'Configuring', statusDescription: 'in the dark' });
  expect(problems).toEqual([]);
});

test('E2, E7: when every answer is lost once, everything is still recorded once', async () => {
  const server = await restartable();
  const direct = createClient({ url: server.url });
  const { id } = await direct.createCluster({ name: 'demo' });
  const between = await relay(server.url, losesEachOnce);
  const { reporter, problems } = reporting(createClient({ url: between.url }));

  await reporter.operation(plan(id, 'planned', 'last'), async (operation) => {
    await operation.step('planned', { total: 2 }, async (step) => {
      await step.unit({ instanceId: 'a' }, idle);
      await step.unit({ instanceId: 'b' }, idle);
    });
    await operation.step('last', {}, (step) => step.unit({ instanceId: 'a' }, idle));
  });
  await reporter
    .operation({ clusterId: id, type: 'SCALING', steps: [] }, (operation) =>
      operation.step('found at run time', {}, () => Promise.reject(new Error('in vain'))),
    )
    .catch(idle);
  expect(await reporter.flush(patiently)).toBe(0);

  expect(await steps(direct, id)).toMatchObject([
    { stepName: 'planned', state: 'SUCCEEDED', completed: 2 },
    { stepName: 'last', state: 'SUCCEEDED', completed: 1 },
    { stepName: 'found at run time', state: 'FAILED', failed: 1 },
  ]);
  const { nodes } = await direct.events({ clusterId: id });
  expect(nodes.map(({ instanceId }) => instanceId)).toEqual(['a', 'b', 'a', null]);
  expect(between.seen.filter(({ times }) => times === 1).length).toBeGreaterThan(6);
  expect(problems).toEqual([]);
});

test('C2: an error says its own cause by a property, of a unit and of the step itself', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  const { reporter, problems } = reporting(client);
  const told = (message: string) => Object.assign(new Error(message), { fingerprint: 'quota' });
  const operation = reporter.operation(plan(id, 'one'), (operation) =>
    operation.step('one', { total: 3 }, async (step) => {
      await step.unit({ instanceId: 'a' }, () => Promise.reject(told('8 of 8 cores'))).catch(idle);
      throw told('the region is full');
    }),
  );
  await operation.catch(idle);
  await reporter.flush(patiently);

  const [{ id: operationId = '' } = {}] = (await client.operations({ clusterId: id })).nodes;
  expect(await client.operationErrorGroups(operationId)).toMatchObject([{ message: 'quota', count: 2, units: 2 }]);
  expect(problems).toEqual([]);
});

test('E5, E7: a failure is thrown on unchanged, and reported with its whole traceback, causes too, and an error id', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  const { reporter, problems } = reporting(client);
  const error = new Error('no ssh', { cause: new TypeError('port 22 is closed') });

  const operation = reporter.operation(plan(id, 'Waiting for ssh', 'later'), (operation) =>
    operation.step('Waiting for ssh', { total: 3 }, async (step) => {
      await step.unit({ instanceId: 'a', instanceName: 'node-a', nodeGroupId: 'workers' }, idle);
      await step.unit({ instanceId: 'b', instanceName: 'node-b', nodeGroupId: 'workers' }, () => Promise.reject(error));
    }),
  );
  expect(await operation.catch((thrown) => thrown)).toBe(error);
  await reporter.flush(patiently);

  const found = await failures(client, id);
  expect(found).toMatchObject([{ instanceId: 'b', instanceName: 'node-b', nodeGroupId: 'workers' }]);
  expect(found[0]?.eventInfo).toContain(error.stack);
  expect(found[0]?.eventInfo).toContain('Caused by: TypeError: port 22 is closed\n    at ');
  expect(await client.eventsByErrorId(found[0]?.errorId ?? '')).toEqual(found);
  expect(await steps(client, id)).toMatchObject([{ state: 'FAILED', completed: 1, failed: 1 }, { state: 'SKIPPED' }]);
  expect(problems).toEqual([]);
});

test('S8: failures of parallel units are all recorded, and their sum is not reported once more', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  const { reporter } = reporting(client);
  const fail = (step: { unit(unit: object, work: () => Promise<never>): Promise<never> }, instanceId: string) =>
    step.unit({ instanceId }, () => Promise.reject(new Error(instanceId)));

  const operation = reporter.operation(plan(id, 'parallel'), (operation) =>
    operation.step('parallel', { total: 3 }, async (step) => {
      const ended = await Promise.allSettled(['a', 'b', 'c'].map((each) => fail(step, each)));
      throw new AggregateError(ended.map((end) => (end as PromiseRejectedResult).reason));
    }),
  );
  await expect(operation).rejects.toBeInstanceOf(AggregateError);
  await reporter.flush(patiently);
  expect((await failures(client, id)).map(({ instanceId }) => instanceId)).toEqual(['a', 'b', 'c']);
});

test('a unit that failed and was retried well counts as done, and the series goes on', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  const { reporter, problems } = reporting(client);
  await reporter.operation(plan(id, 'retried', 'next'), async (operation) => {
    await operation.step('retried', { total: 1 }, async (step) => {
      await step.unit({ instanceId: 'a' }, () => Promise.reject(new Error('not yet'))).catch(idle);
      await step.unit({ instanceId: 'a' }, idle);
    });
    await operation.step('next', { total: 1 }, (step) => step.unit({ instanceId: 'a' }, idle));
  });
  await reporter.flush(patiently);
  expect(await steps(client, id)).toMatchObject([{ state: 'SUCCEEDED' }, { state: 'SUCCEEDED' }]);
  expect(problems).toEqual([]);
});

test('a step whose work ends with units unreported is closed as failed, and says how many', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  const { reporter } = reporting(client);
  await reporter.operation(plan(id, 'short'), (operation) =>
    operation.step('short', { total: 3 }, (step) => step.unit({ instanceId: 'a' }, idle)),
  );
  await reporter.flush(patiently);
  expect(await failures(client, id)).toMatchObject([
    { instanceId: null, eventInfo: expect.stringMatching(/^the step's work ended: 2 of 3 units have not reported/) },
  ]);
});

test('E7: reports beyond the limit are dropped, which is told at once and ends their step as failed', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  await server.stop();
  const { reporter, problems } = reporting(client, { limit: 2000 });
  await reporter.operation(plan(id, 'crowded', 'next'), async (operation) => {
    await operation.step('crowded', { total: 100 }, async (step) => {
      for (let unit = 0; unit < 100; unit++) await step.unit({ instanceId: `${unit}` }, idle);
    });
    await operation.step('next', {}, idle);
  });
  expect(problems).toEqual(['reports are being dropped: too many are waiting for the server']);

  await server.start();
  await reporter.flush(patiently);
  const [crowded, next] = await steps(client, id);
  expect(crowded).toMatchObject({ state: 'FAILED', failed: 1 });
  expect(next).toMatchObject({ state: 'SUCCEEDED' });
  const [failure] = await failures(client, id);
  const dropped = 100 - (crowded?.completed ?? 0);
  expect(failure?.eventInfo).toBe(`${dropped} reports were dropped: too many waited for the server`);
});

test('E7: an operation the server refuses is one problem told, and the work is not disturbed', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId } = await runningStep(client, 1);
  const { reporter, problems } = reporting(client);
  const input = { ...plan(clusterId, 'second'), onConflict: 'fail' as const };
  const result = await reporter.operation(input, (operation) =>
    operation.step('second', { total: 1 }, (step) => step.unit({}, async () => 'done')),
  );
  expect(result).toBe('done');
  expect(await reporter.flush(patiently)).toBe(0);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('expected a cluster that no operation runs on');
});

test('F4: with the event log switched off, provisioning is not told of any problem', async () => {
  const server = await restartable({ eventLog: false });
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  const { reporter, problems } = reporting(client);
  await reporter.operation(plan(id, 'unseen'), (operation) =>
    operation.step('unseen', { total: 1 }, (step) => step.unit({}, idle)),
  );
  expect(await reporter.flush(patiently)).toBe(0);
  expect(await steps(client, id)).toEqual([]);
  expect(problems).toEqual([]);
});

test('S9: cut off for 6 hours while two steps of 3 hours pass, each is recorded as 3 hours', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  let slept = 0;
  const { reporter } = reporting(client, { now: () => performance.now() + slept });
  const operation = reporter.startOperation({ clusterId: id, type: 'CREATING', steps: [] });
  await reporter.flush(patiently);
  // It runs for a day already: a step is never told to have begun before its operation.
  await query(server.databaseUrl, `UPDATE cluster_operation SET started_at = started_at - interval '1 day'`);
  const hour = 3_600_000;
  const takeThreeHours = async () => {
    slept += 3 * hour;
  };
  await server.stop();
  for (const name of ['one', 'two'])
    await operation.step(name, { total: 1 }, (step) => step.unit({ instanceId: 'a' }, takeThreeHours));
  await server.start();
  expect(await reporter.flush(patiently)).toBe(0);
  const hours = (await steps(client, id)).map(({ duration }) => Math.round((duration ?? 0) / hour));
  expect(hours).toEqual([3, 3]);
});

/** What code may throw that never heard of errors; of each, what is told of it. */
const sum = new AggregateError([], 'a sum');
sum.errors.push(sum);
const trap = () => {
  throw new Error('do not look');
};
const thrown: [unknown, string][] = [
  [undefined, 'undefined'],
  ['a text', 'a text'],
  [{ code: 7n }, '[object Object]'],
  [sum, 'AggregateError: a sum'],
  [new Proxy({}, { get: trap, getPrototypeOf: trap }), 'an error that cannot be described'],
  [new Error(`${'x'.repeat(5_000_000)} the end`), 'the end'],
];

test('E7: whatever the work throws is thrown on as it is, and recorded, by a unit and by a step', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { reporter, problems } = reporting(client);
  for (const [error, told] of thrown) {
    for (const by of ['unit', 'step']) {
      const { id } = await client.createCluster({ name: 'demo' });
      const fail = () => Promise.reject(error);
      const caught = await reporter
        .operation(plan(id, 'one'), (operation) =>
          operation.step('one', { total: 1 }, (step) =>
            by === 'unit' ? step.unit({ instanceId: 'a' }, fail) : fail(),
          ),
        )
        .catch((caught) => [caught]);
      expect(Object.is((caught as unknown[])[0], error)).toBe(true);
      expect(await reporter.flush(patiently)).toBe(0);
      expect(await steps(client, id)).toMatchObject([{ state: 'FAILED', failed: 1 }]);
      expect(await failures(client, id)).toMatchObject([{ eventInfo: expect.stringContaining(told) }]);
      expect((await client.operations({ clusterId: id })).nodes).toMatchObject([{ state: 'FAILED' }]);
    }
  }
  expect(problems).toEqual([]);
});
