import { AsyncResource } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { currentOperation, currentStep, reportUnit } from '../../src/client/index.js';
import { startApp, type TestApp } from '../support/app.js';
import { createClient } from './fixture.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Milliseconds: longer than the longest test. */
const patiently = 60_000;

/** A reporter of one cluster, and what is recorded of it: each step with its state, its instances, and whether they came late. */
async function recording() {
  const client = createClient({ url: `${app.url}/graphql` });
  const { id: clusterId } = await client.createCluster({ name: 'demo' });
  const problems: string[] = [];
  const reporter = client.reporter({ onProblem: ({ message }) => problems.push(message) });
  const recorded = async () => {
    expect(await reporter.flush(patiently)).toBe(0);
    const { nodes } = await client.events({ clusterId });
    const steps = (await client.cluster(clusterId))?.provisioningProgress ?? [];
    return steps.map(({ id, stepName, state }) => {
      const events = nodes.filter(({ provisionStepId }) => provisionStepId === id);
      return [stepName, state, ...events.map(({ instanceId, late }) => `${instanceId}${late ? ' late' : ''}`)];
    });
  };
  return { reporter, recorded, problems, work: { clusterId, type: 'CREATING' as const, steps: [] } };
}

const nothing = async () => {};

/** Deep inside of a plugin: nobody hands it a step. */
async function boot(instanceId: string): Promise<void> {
  await setImmediate();
  await reportUnit({ instanceId }, async () => void (await setImmediate()));
}

test('code deep inside reports to the step it works for, also where two operations go on side by side', async () => {
  const client = createClient({ url: `${app.url}/graphql` });
  const reporter = client.reporter();
  const ids = await Promise.all(['a', 'b'].map(async (name) => (await client.createCluster({ name })).id));
  await Promise.all(
    ids.map((clusterId) =>
      reporter.operation({ clusterId, type: 'CREATING', steps: [{ stepName: 'Booting' }] }, async (operation) => {
        expect(currentOperation()).toBe(operation);
        await currentOperation()?.step('Booting', { total: 2 }, async (step) => {
          expect(currentStep()).toBe(step);
          await Promise.all([boot(`${clusterId}-1`), boot(`${clusterId}-2`)]);
        });
        expect(currentStep()).toBeNull();
      }),
    ),
  );
  await reporter.flush();
  for (const clusterId of ids) {
    const { nodes } = await client.events({ clusterId });
    expect(nodes.map(({ instanceId }) => instanceId).sort()).toEqual([`${clusterId}-1`, `${clusterId}-2`]);
    expect((await client.cluster(clusterId))?.provisioningProgress).toMatchObject([{ state: 'SUCCEEDED' }]);
  }
});

test('outside of any step, a unit is only worked on, and what it throws is thrown', async () => {
  expect([currentStep(), currentOperation()]).toEqual([null, null]);
  expect(await reportUnit({}, async () => 'done')).toBe('done');
  await expect(reportUnit({}, () => Promise.reject(new Error('in vain')))).rejects.toThrow('in vain');
});

test('units that go on side by side each report to the step that they were begun in, whatever they wait for', async () => {
  const { reporter, recorded, problems, work } = await recording();
  await reporter.operation(work, async (operation) => {
    await operation.step('one', { total: 3 }, async () => {
      const byTimer = new Promise<void>((resolve, reject) => {
        setTimeout(() => reportUnit({ instanceId: 'timer' }, nothing).then(resolve, reject), 1);
      });
      const byStream = (async () => {
        for await (const instanceId of Readable.from(['stream'])) await reportUnit({ instanceId }, nothing);
      })();
      await Promise.all([boot('awaited'), byTimer, byStream]);
    });
    await operation.step('two', { total: 1 }, () => boot('next'));
  });
  const [one, two] = await recorded();
  expect([one?.slice(0, 2), one?.slice(2).sort(), two]).toEqual([
    ['one', 'SUCCEEDED'],
    ['awaited', 'stream', 'timer'],
    ['two', 'SUCCEEDED', 'next'],
  ]);
  expect(problems).toEqual([]);
});

test('S8: what a timer reports after the end of its step is in the log of that step, late, and counts no more', async () => {
  const { reporter, recorded, problems, work } = await recording();
  const ended = new EventEmitter();
  await reporter.operation(work, async (operation) => {
    let later: Promise<void> = Promise.resolve();
    await operation.step('ended', { total: 1 }, async (step) => {
      await boot('in time');
      // As a timer would that fires then: it keeps the step it was set in.
      later = once(ended, 'end').then(async () => {
        expect(currentStep()).toBe(step);
        await reportUnit({ instanceId: 'after' }, () => Promise.reject(new Error('too late'))).catch(nothing);
      });
    });
    await operation.step('current', { total: 1 }, async () => {
      ended.emit('end');
      await later;
      await boot('next');
    });
  });
  expect(await recorded()).toEqual([
    ['ended', 'SUCCEEDED', 'in time', 'after late'],
    ['current', 'SUCCEEDED', 'next'],
  ]);
  expect(problems).toEqual([]);
});

test('a listener works for whoever emits; one that is bound works for the step it was made in', async () => {
  const { reporter, recorded, problems, work } = await recording();
  const emitter = new EventEmitter();
  const reports: Promise<void>[] = [];
  const listener = (instanceId: string) => () => void reports.push(reportUnit({ instanceId }, nothing));
  await reporter.operation(work, async (operation) => {
    await operation.step('made', {}, async () => {
      emitter.on('event', listener('unbound'));
      emitter.on('event', AsyncResource.bind(listener('bound')));
      await boot('first');
    });
    await operation.step('emits', {}, async () => {
      emitter.emit('event');
      await Promise.all(reports);
    });
    expect(currentStep()).toBeNull();
  });
  expect(await recorded()).toEqual([
    ['made', 'SUCCEEDED', 'first', 'bound late'],
    ['emits', 'SUCCEEDED', 'unbound'],
  ]);
  expect(problems).toEqual([]);
});

test('S3: deep inside of a step that began within another one, the current step is the other one', async () => {
  const { reporter, recorded, problems, work } = await recording();
  await reporter.operation(work, (operation) =>
    operation.step('outer', {}, async (outer) => {
      await currentOperation()?.step('inner', {}, async () => {
        expect(currentStep()).toBe(outer);
        await boot('inside');
      });
      expect(currentStep()).toBe(outer);
    }),
  );
  expect(await recorded()).toEqual([['outer', 'SUCCEEDED', 'inside']]);
  expect(problems).toHaveLength(1);
});
