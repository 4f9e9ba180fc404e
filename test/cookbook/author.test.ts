import { expect, test } from 'vitest';
import { kitchen, recipes } from './fixture.js';

const { ask } = kitchen();

/** A plugin that runs recipes, with ids of its own: as in GraphiQL's tabs, a variable has one value in all of them. */
function plugin() {
  const ids: Record<string, string> = {};
  const run = (name: string) => {
    const operation = recipes.find(({ path }) => path === `author/${name}`)?.operation ?? '';
    const declared = [...operation.matchAll(/\$(\w+): ID!/g)].map(([, variable = '']) => variable);
    for (const variable of declared) ids[variable] ??= crypto.randomUUID();
    return ask(`author/${name}`, Object.fromEntries(declared.map((variable) => [variable, ids[variable]])));
  };
  return { ids, run };
}

test('a plugin’s whole way, each recipe after the other with the same ids, all of them its own', async () => {
  const { ids, run } = plugin();
  const { registerPlugin } = await run('01-register');
  expect(registerPlugin.plugin.provisioningSteps.creating).toEqual(['Launching instances', 'Starting services']);

  const created = await run('02-create');
  expect(created.createCluster.cluster.id).toBe(ids.clusterId);
  expect(created.startOperation.operation).toMatchObject({
    id: ids.operationId,
    state: 'RUNNING',
    leaseExpiresAt: expect.any(String),
    steps: [
      { id: ids.launchingId, state: 'PENDING' },
      { id: ids.startingId, state: 'PENDING' },
    ],
  });

  expect((await run('03-start-step')).startStep.step).toMatchObject({ state: 'RUNNING', total: 4 });

  const reported = (await run('04-report')).reportEvents;
  expect(reported.results).toMatchObject([{ outcome: 'RECORDED' }, { outcome: 'RECORDED' }]);
  expect(reported.steps).toMatchObject([{ completed: 1, failed: 1, state: 'FAILED' }]);

  const replaced = (await run('05-replace')).reportEvents;
  expect(replaced.results).toMatchObject([{ outcome: 'RECORDED' }, { outcome: 'RECORDED' }]);
  expect(replaced.steps).toMatchObject([{ completed: 2, failed: 0, total: 4 }]);
  const units = replaced.steps[0].units.nodes;
  expect(units.map(({ instanceId, state, reports }: Record<string, unknown>) => [instanceId, state, reports])).toEqual(
    expect.arrayContaining([
      ['i-1', 'REPLACED', 1],
      ['i-2', 'SUCCEEDED', 2],
      ['i-4', 'SUCCEEDED', 1],
    ]),
  );

  expect((await run('06-correct-total')).updateStep.step).toMatchObject({
    state: 'SUCCEEDED',
    summary: expect.stringMatching(/^Launching instances completed 2 out of 2 in /),
    successful: true,
  });

  const { step } = (await run('07-add-step')).addStep;
  expect(step).toMatchObject({ id: ids.formattingId, state: 'PENDING', position: 1 });
  expect(step.operation.steps.map(({ stepName }: { stepName: string }) => stepName)).toEqual([
    'Launching instances',
    'Formatting volumes',
    'Starting services',
  ]);

  expect((await run('08-heartbeat')).heartbeat.leaseExpiresAt).toEqual(expect.any(String));

  expect((await run('09-take-over')).startOperation.operation.cluster.operations.nodes).toMatchObject([
    { id: ids.nextOperationId, number: 2, state: 'RUNNING', reason: null },
    { id: ids.operationId, state: 'INTERRUPTED', reason: `superseded by operation ${ids.nextOperationId}` },
  ]);

  const { finishStep, finishOperation } = await run('10-finish');
  expect(finishStep.step).toMatchObject({ id: ids.checkingId, state: 'SUCCEEDED' });
  expect(finishOperation.operation).toMatchObject({
    state: 'FAILED',
    reason: 'post-install check failed: 1 of 3 ports open',
  });
});

test('O3: whatever creates may be said again', async () => {
  const { run } = plugin();
  for (const name of ['01-register', '02-create', '04-report', '07-add-step', '09-take-over']) {
    const [first, again] = [await run(name), await run(name)];
    if (name !== '04-report') expect([name, again]).toEqual([name, first]);
    else expect(again.reportEvents.results).toMatchObject([{ outcome: 'DUPLICATE' }, { outcome: 'DUPLICATE' }]);
  }
});
