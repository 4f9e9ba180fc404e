import { describe, expect, test } from 'vitest';
import {
  RegisterPluginDocument,
  StartOperationDocument,
  StartStepDocument,
  type StepType,
} from '../../src/generated/client.js';
import { createCluster, event, ok, post, startOperation } from '../support/api.js';
import { present, refusal, server } from './fixture.js';

const on = server();

const register = (name: string, steps: { creating?: string[]; scaling?: string[] }) =>
  ok(on.url, RegisterPluginDocument, { input: { name, provisioningSteps: steps } });

const namesAndSources = (steps: readonly { stepName: string; source: string }[]) =>
  steps.map(({ stepName, source }) => `${stepName} by ${source}`);

describe('O1, S1: the plan', () => {
  test('O1: startOperation lays out all its steps as PENDING, in order', async () => {
    const { id } = await createCluster(on.url);
    const { steps } = await startOperation(on.url, id, ['Launching instances', 'Waiting for ssh', 'Waiting for ssh']);
    expect(steps.map(({ stepName, state, position, stepType }) => [stepName, state, position, stepType])).toEqual([
      ['Launching instances', 'PENDING', 0, 'CREATING'],
      ['Waiting for ssh', 'PENDING', 1, 'CREATING'],
      ['Waiting for ssh', 'PENDING', 2, 'CREATING'],
    ]);
    expect((await on.cluster(id)).provisioningProgress).toEqual(steps);
  });

  test('O1: without steps, the plan is what infra declared for the type, then what the plugin declared', async () => {
    await register('infra', { creating: ['Launching instances', 'Waiting for ssh'], scaling: ['Adding instances'] });
    await register('vanilla', { creating: ['Starting namenode'], scaling: ['Starting datanodes'] });
    const { id } = await createCluster(on.url, { pluginName: 'vanilla' });
    const { steps } = await startOperation(on.url, id);
    expect(namesAndSources(steps)).toEqual([
      'Launching instances by infra',
      'Waiting for ssh by infra',
      'Starting namenode by vanilla',
    ]);
    expect(steps.map(({ total }) => total)).toEqual([null, null, null]);
  });

  test('O1: a plan that is given, even an empty one, is taken instead of the declared ones', async () => {
    await register('ambari', { creating: ['Starting ambari'] });
    const { id } = await createCluster(on.url, { pluginName: 'ambari' });
    const { steps } = await startOperation(on.url, id, []);
    expect(steps).toEqual([]);
  });

  test('S1: a step found at run time is appended', async () => {
    const { clusterId, operationId, stepIds } = await on.running('first', 'second');
    const added = await on.addStep(operationId, { stepName: 'third', total: 4, source: 'vanilla' });
    expect(added).toMatchObject({ position: 2, state: 'PENDING', total: 4, source: 'vanilla', operationId });
    const { provisioningProgress } = await on.cluster(clusterId);
    expect(provisioningProgress.map(({ id }) => id)).toEqual([...stepIds, added.id]);
  });

  test('O1: a new operation adds its steps behind those of earlier ones', async () => {
    const { id } = await createCluster(on.url);
    const types: StepType[] = ['CREATING', 'SCALING', 'DELETING'];
    for (const type of types) {
      const { id: operationId } = await startOperation(on.url, id, [`${type} one`, `${type} two`], type);
      await on.finishOperation({ operationId, successful: true });
    }
    expect((await on.cluster(id)).provisioningProgress.map(({ stepName }) => stepName)).toEqual(
      types.flatMap((type) => [`${type} one`, `${type} two`]),
    );
  });
});

describe('O2: one operation', () => {
  test('O2: a second operation is refused with CONFLICT, naming the running one', async () => {
    const { clusterId, operationId } = await on.running('a');
    const input = { clusterId, type: 'SCALING' as const };
    expect(await refusal(post(on.url, StartOperationDocument, { input }))).toBe(
      `CONFLICT: expected a cluster that no operation runs on, got one on which CREATING runs: ${operationId}`,
    );
    await on.finishOperation({ operationId, successful: false });
    await startOperation(on.url, clusterId, ['b'], 'SCALING');
  });

  test('O2: of operations started at once, one runs', async () => {
    const { id: clusterId } = await createCluster(on.url);
    const input = { clusterId, type: 'CREATING' as const, steps: [] };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(on.url, StartOperationDocument, { input })),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(await on.rows('SELECT FROM cluster_operation WHERE cluster_id = $1', clusterId)).toHaveLength(1);
  });

  test('O2: the database itself refuses a second running operation', async () => {
    const { operationId } = await on.running('a');
    const second = on.rows(
      `INSERT INTO cluster_operation (tenant_id, id, cluster_id, type, state, number, revision, started_at, updated_at)
       SELECT tenant_id, gen_random_uuid(), cluster_id, type, state, number + 1, revision, started_at, updated_at
       FROM cluster_operation WHERE id = $1`,
      operationId,
    );
    await expect(second).rejects.toMatchObject({ code: '23505', constraint: 'cluster_operation_one_running' });
  });
});

describe('S3: a linear series', () => {
  test('S3: a step does not start while an earlier one is open, and the refusal names that one', async () => {
    const { stepIds } = await on.running('one', { stepName: 'two', total: 3 }, 'three');
    const [one, two, three] = stepIds as [string, string, string];
    const start = (stepId: string) => refusal(post(on.url, StartStepDocument, { input: { stepId } }));
    expect(await start(two)).toBe(
      `STEP_OUT_OF_ORDER: expected every step before step "two" (${two}) to be closed, got step "one" (${one}), which is PENDING`,
    );
    await on.startStep(one);
    expect(await start(three)).toMatch(/^STEP_OUT_OF_ORDER: .*got step "one" .*, which is RUNNING$/);
    expect(await on.outcomes(event(two))).toEqual(['STEP_OUT_OF_ORDER']);
    await on.finishStep({ stepId: one, successful: true });
    expect(await on.startStep(two)).toMatchObject({ state: 'RUNNING' });
  });

  test('S3: a step may start after one that failed, which then may not run again', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'one', total: 2 }, { stepName: 'two', total: 2 });
    const [one, two] = stepIds as [string, string];
    await on.outcomes(event(one, { instanceId: 'a', successful: false }));
    expect(await on.startStep(two)).toMatchObject({ state: 'RUNNING' });
    expect(await on.outcomes(event(one, { instanceId: 'a' }))).toEqual(['RECORDED']);
    const running = (await on.cluster(clusterId)).provisioningProgress.filter(({ state }) => state === 'RUNNING');
    expect(running.map(({ id }) => id)).toEqual([two]);
    expect(await on.outcomes(event(one, { instanceId: 'b' }))).toEqual(['RECORDED']);
    expect(await on.step(clusterId, 0)).toMatchObject({ state: 'SUCCEEDED', completed: 2, failed: 0 });
  });

  test('S3: the database itself refuses a second running step', async () => {
    const { stepIds } = await on.running('one', 'two');
    await on.startStep(present(stepIds[0]));
    const second = on.rows(`UPDATE cluster_provision_step SET state = 'RUNNING' WHERE id = $1`, stepIds[1]);
    await expect(second).rejects.toMatchObject({ code: '23505', constraint: 'cluster_provision_step_one_running' });
    const third = on.rows(
      `INSERT INTO cluster_provision_step (tenant_id, id, cluster_id, operation_id, step_name, step_type, source, position,
         state, completed, failed, revision, created_at, updated_at)
       SELECT tenant_id, gen_random_uuid(), cluster_id, operation_id, step_name, step_type, source, 9,
         state, completed, failed, revision, created_at, updated_at FROM cluster_provision_step WHERE id = $1`,
      stepIds[0],
    );
    await expect(third).rejects.toMatchObject({ code: '23505', constraint: 'cluster_provision_step_one_running' });
  });
});

describe('S4: the first report', () => {
  test('S4: it starts the next pending step', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'one', total: 1 }, { stepName: 'two', total: 2 });
    const [one, two] = stepIds as [string, string];
    expect(await on.outcomes(event(one), event(two))).toEqual(['RECORDED', 'RECORDED']);
    expect(await on.step(clusterId, 1)).toMatchObject({
      state: 'RUNNING',
      completed: 1,
      startedAt: expect.any(String),
    });
  });

  test('S4: it starts a step whose total is not known', async () => {
    const { clusterId, stepIds } = await on.running('one');
    const [one] = stepIds as [string];
    expect(await on.outcomes(event(one))).toEqual(['RECORDED']);
    expect(await on.step(clusterId)).toMatchObject({ state: 'RUNNING', completed: 1, startedAt: expect.any(String) });
  });
});
