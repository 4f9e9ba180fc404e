import { expect, test } from 'vitest';
import type { Client } from '../../src/client/index.js';
import { createClient, restartable, runningStep } from './fixture.js';
import { lossy } from './lossy.js';

/** Milliseconds: longer than the longest test. */
const patiently = 60_000;

const plan = (clusterId: string, ...stepNames: string[]) => ({
  clusterId,
  type: 'CREATING' as const,
  steps: stepNames.map((stepName) => ({ stepName })),
});

/** A reporter, and what it could not report. */
function reporting(client: Client, limit?: number) {
  const problems: string[] = [];
  const onProblem = (problem: Error) => void problems.push(problem.message);
  return { problems, reporter: client.reporter({ onProblem, ...(limit !== undefined && { limit }) }) };
}

async function steps(client: Client, clusterId: string) {
  return (await client.cluster(clusterId))?.provisioningProgress ?? [];
}

async function failures(client: Client, clusterId: string) {
  return (await client.events({ clusterId, successful: false })).nodes;
}

const idle = async () => {};

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
  const proxy = await lossy(server.url);
  const { reporter, problems } = reporting(createClient({ url: proxy.url }));

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
  expect(proxy.lost).toBeGreaterThan(6);
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
  expect(await client.eventByErrorId(found[0]?.errorId ?? '')).toEqual(found[0]);
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
    { instanceId: null, eventInfo: "the step's work ended with 1 of 3 units reported" },
  ]);
});

test('E7: reports beyond the limit are dropped, which is told at once and ends their step as failed', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  await server.stop();
  const { reporter, problems } = reporting(client, 2000);
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
  const result = await reporter.operation(plan(clusterId, 'second'), (operation) =>
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
