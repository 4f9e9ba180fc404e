import { afterAll, describe, expect, test } from 'vitest';
import {
  AddStepDocument,
  CancelOperationDocument,
  CreateClusterDocument,
  FinishOperationDocument,
  HeartbeatDocument,
  StartOperationDocument,
} from '../../src/generated/client.js';
import { createCluster, event, ok, post, startOperation } from '../support/api.js';
import { only, present, refusal, server } from './fixture.js';

const on = server();
const id = () => crypto.randomUUID();
const newest = async (clusterId: string) => present((await on.operations(clusterId))[0]);
const states = async (clusterId: string) =>
  (await on.cluster(clusterId)).provisioningProgress.map(({ state }) => state);

/** An operation of one planned step of one unit, which has succeeded: it has ended by itself. */
async function completed() {
  const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 1 });
  await on.outcomes(event(only(stepIds)));
  return { clusterId, operationId, stepId: only(stepIds) };
}

describe('O2: one takes the place of another', () => {
  test('O2: supersede ends the running operation as interrupted and starts the new one', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 2 }, 'two');
    await on.outcomes(event(present(stepIds[0])));
    const next = await startOperation(on.url, clusterId, ['one'], 'CREATING', { supersede: true });
    const reason = `superseded by operation ${next.id}`;
    expect(await on.operations(clusterId)).toMatchObject([
      { id: next.id, state: 'RUNNING', reason: null, number: 2 },
      { id: operationId, state: 'INTERRUPTED', reason, completedAt: expect.any(String) },
    ]);
    expect(await states(clusterId)).toEqual(['FAILED', 'SKIPPED', 'PENDING']);
    expect(await on.events(clusterId, { successful: false })).toMatchObject([{ eventInfo: reason, late: false }]);
  });

  test('O2: supersede where nothing runs is no different from none', async () => {
    const { clusterId, operationId } = await completed();
    await startOperation(on.url, clusterId, ['two'], 'SCALING', { supersede: true });
    expect(await on.operations(clusterId)).toMatchObject([
      { state: 'RUNNING' },
      { id: operationId, state: 'SUCCEEDED', reason: null },
    ]);
  });

  test('O2, O7: one that was superseded does not come back; its failures are late', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 2 });
    await startOperation(on.url, clusterId, ['one'], 'CREATING', { supersede: true });
    const heartbeat = post(on.url, HeartbeatDocument, { input: { operationId } });
    expect(await refusal(heartbeat)).toMatch(/^CONFLICT: .* which is INTERRUPTED$/);
    expect(await on.outcomes(event(only(stepIds), { successful: false }))).toEqual(['STEP_CLOSED']);
    expect((await on.operations(clusterId)).map(({ state }) => state)).toEqual(['RUNNING', 'INTERRUPTED']);
  });

  test('O2: the refusal of a second operation names the first for programs', async () => {
    const { clusterId, operationId } = await on.running('one');
    const { errors } = await post(on.url, StartOperationDocument, { input: { clusterId, type: 'CREATING' } });
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', operationId } }]);
  });
});

describe('O3: said again', () => {
  test('O3: createCluster answers with the cluster that is there; other content is a conflict', async () => {
    const input = { id: id(), name: 'demo', pluginName: 'vanilla' };
    const first = await createCluster(on.url, input);
    expect(await createCluster(on.url, { ...input, id: input.id.toUpperCase() })).toEqual(first);
    await on.running();
    const other = post(on.url, CreateClusterDocument, { input: { ...input, name: 'other' } });
    expect(await refusal(other)).toMatch(/^CONFLICT: expected an id that is not in use, got .*, which another cluster/);
  });

  test('O3: of a cluster that was changed meanwhile, createCluster answers with what it has become', async () => {
    const input = { id: id(), name: 'demo' };
    await createCluster(on.url, input);
    await startOperation(on.url, input.id, ['one']);
    expect(await createCluster(on.url, input)).toMatchObject({ id: input.id, revision: 2 });
    await on.deleteCluster(input.id);
    expect(await refusal(post(on.url, CreateClusterDocument, { input }))).toMatch(/^CONFLICT/);
  });

  test('O3: startOperation answers with the operation that is there, running or ended', async () => {
    const { id: clusterId } = await createCluster(on.url);
    const more = { id: id(), leaseSeconds: null };
    const steps = [{ id: id(), stepName: 'one', total: 1 }];
    const again = () => startOperation(on.url, clusterId, steps, 'CREATING', more);
    const first = await again();
    expect(first).toMatchObject({ id: more.id, steps: [{ id: steps[0]?.id }] });
    expect(await again()).toEqual(first);
    await on.outcomes(event(present(steps[0]).id));
    expect(await again()).toMatchObject({ id: more.id, state: 'SUCCEEDED' });
    expect(await on.operations(clusterId)).toHaveLength(1);
  });

  test.each([
    ['another type', { type: 'SCALING' as const }],
    ['other steps', { steps: [{ stepName: 'two' }] }],
    ['no steps', { steps: null }],
    ['another lease', { leaseSeconds: 60 }],
  ])('O3: startOperation of %s under the same id is a conflict, and nothing changes', async (_, over) => {
    const { id: clusterId } = await createCluster(on.url);
    const input = { id: id(), clusterId, type: 'CREATING' as const, steps: [{ stepName: 'one' }] };
    await ok(on.url, StartOperationDocument, { input });
    const before = await on.cluster(clusterId);
    const { errors } = await post(on.url, StartOperationDocument, { input: { ...input, ...over } });
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', field: ['input', 'id'], operationId: input.id } }]);
    expect((await on.cluster(clusterId)).revision).toBe(before.revision);
  });

  test('O3: startOperation of the same id on another cluster is a conflict', async () => {
    const [one, other] = [await createCluster(on.url), await createCluster(on.url)];
    const operationId = id();
    await startOperation(on.url, one.id, ['one'], 'CREATING', { id: operationId });
    const input = { id: operationId, clusterId: other.id, type: 'CREATING' as const, steps: [{ stepName: 'one' }] };
    expect(await refusal(post(on.url, StartOperationDocument, { input }))).toMatch(/^CONFLICT/);
    expect(await on.operations(other.id)).toEqual([]);
  });

  test('O3: a planned step’s id that another step has is a conflict; one that is given twice is refused', async () => {
    const { stepIds } = await on.running('one');
    const { id: clusterId } = await createCluster(on.url);
    const start = (ids: string[]) =>
      post(on.url, StartOperationDocument, {
        input: { clusterId, type: 'CREATING', steps: ids.map((id) => ({ id, stepName: 'one' })) },
      });
    const taken = await start([id(), only(stepIds)]);
    expect(taken.errors).toMatchObject([
      { extensions: { code: 'CONFLICT', field: ['input', 'steps', '1', 'id'], stepId: only(stepIds) } },
    ]);
    const twice = id();
    const twin = await start([twice, id(), twice]);
    expect(twin.errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', field: ['input', 'steps', '2', 'id'] } },
    ]);
    expect(await on.operations(clusterId)).toEqual([]);
  });

  test('O3: addStep answers with the step that is there; other content is a conflict', async () => {
    const { clusterId, operationId, stepIds } = await on.running('one', 'two');
    const step = { id: id(), stepName: 'between', total: 3, afterStepId: present(stepIds[0]) };
    const first = await on.addStep(operationId, step);
    expect(await on.addStep(operationId, step)).toEqual(first);
    expect(await states(clusterId)).toHaveLength(3);
    const input = { ...step, operationId };
    for (const over of [{ total: 4 }, { stepName: 'other' }, { afterStepId: null }]) {
      const { errors } = await post(on.url, AddStepDocument, { input: { ...input, ...over } });
      expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', field: ['input', 'id'], stepId: step.id } }]);
    }
    await on.outcomes(event(present(stepIds[0])));
    await on.finishOperation({ operationId, successful: false });
    expect(await on.addStep(operationId, step)).toMatchObject({ id: first.id, state: 'SKIPPED' });
  });

  test('O3: deleteCluster, finishStep, finishOperation and cancelOperation, said again, change nothing', async () => {
    const { clusterId, operationId, stepIds } = await on.running('one', 'two');
    const twice = async (say: () => Promise<unknown>) => {
      const first = await say();
      const { revision } = await on.cluster(clusterId);
      expect(await say()).toEqual(first);
      expect((await on.cluster(clusterId)).revision).toBe(revision);
    };
    await twice(() => on.finishStep({ stepId: present(stepIds[0]), successful: true }));
    await twice(() => on.finishOperation({ operationId, successful: true, reason: 'good enough' }));
    const { id: next } = await startOperation(on.url, clusterId, ['one'], 'SCALING');
    await twice(() => on.cancelOperation({ operationId: next, reason: 'not wanted' }));
    expect(await on.deleteCluster(clusterId)).toEqual(await on.deleteCluster(clusterId));
  });

  test('O3, O4: finishOperation says of one that ended by itself what it is, even when a later one runs', async () => {
    const { clusterId, operationId } = await completed();
    await startOperation(on.url, clusterId, ['two'], 'SCALING');
    expect(await on.finishOperation({ operationId, successful: true })).toMatchObject({ state: 'SUCCEEDED' });
    const failed = post(on.url, FinishOperationDocument, { input: { operationId, successful: false } });
    expect(await refusal(failed)).toMatch(/^CONFLICT/);
  });
});

describe('O4: ending', () => {
  test('O4: one that begins without a plan runs until it is finished', async () => {
    const { clusterId, operationId } = await on.running();
    for (const stepName of ['A', 'B']) {
      const { id: stepId } = await on.addStep(operationId, { stepName, total: 1 });
      await on.outcomes(event(stepId));
      expect(await newest(clusterId)).toMatchObject({ state: 'RUNNING', autoFinish: false, progress: 1 });
    }
    expect(await on.finishOperation({ operationId, successful: true })).toMatchObject({
      state: 'SUCCEEDED',
      progress: 1,
    });
    expect(await states(clusterId)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  test('O4: autoFinish: false keeps a planned one running', async () => {
    const { id: clusterId } = await createCluster(on.url);
    const { steps } = await startOperation(on.url, clusterId, [{ stepName: 'one', total: 1 }], 'CREATING', {
      autoFinish: false,
    });
    await on.outcomes(event(present(steps[0]).id));
    expect(await newest(clusterId)).toMatchObject({ state: 'RUNNING', completedAt: null });
  });

  test('O4, O6: an end that came by itself gives way to a failure, with its reason', async () => {
    const { clusterId, operationId } = await completed();
    expect(await newest(clusterId)).toMatchObject({ state: 'SUCCEEDED', reason: null });
    const reason = 'post-install check failed';
    expect(await on.finishOperation({ operationId, successful: false, reason })).toMatchObject({
      state: 'FAILED',
      reason,
    });
    expect(await states(clusterId)).toEqual(['SUCCEEDED']);
    const again = post(on.url, FinishOperationDocument, { input: { operationId, successful: true } });
    expect(await refusal(again)).toMatch(/^CONFLICT/);
  });

  test('O4: what its reporter has finished does not give way', async () => {
    const { operationId } = await completed();
    await on.finishOperation({ operationId, successful: true });
    const failed = post(on.url, FinishOperationDocument, { input: { operationId, successful: false } });
    expect(await refusal(failed)).toMatch(/^CONFLICT: .* which is SUCCEEDED$/);
    const added = post(on.url, AddStepDocument, { input: { operationId, stepName: 'two' } });
    expect(await refusal(added)).toMatch(/^CONFLICT: .* which is SUCCEEDED$/);
  });

  test('O4: addStep makes one that ended by itself run again, and it ends again', async () => {
    const { clusterId, operationId } = await completed();
    const { id: stepId } = await on.addStep(operationId, { stepName: 'two', total: 1 });
    expect(await newest(clusterId)).toMatchObject({ state: 'RUNNING', completedAt: null, progress: 0.5 });
    await on.outcomes(event(stepId));
    expect(await newest(clusterId)).toMatchObject({ state: 'SUCCEEDED', progress: 1 });
  });

  test('O4: once a later one has begun, neither addStep nor a failure is taken', async () => {
    const { clusterId, operationId } = await completed();
    await startOperation(on.url, clusterId, ['two'], 'SCALING');
    expect(await refusal(post(on.url, AddStepDocument, { input: { operationId, stepName: 'two' } }))).toMatch(
      /^CONFLICT/,
    );
    expect((await on.operations(clusterId)).map(({ state }) => state)).toEqual(['RUNNING', 'SUCCEEDED']);
  });

  test('O4: a failed step keeps the operation running, also as the last one', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 1 });
    await on.outcomes(event(only(stepIds), { instanceId: 'a', successful: false }));
    expect(await newest(clusterId)).toMatchObject({ state: 'RUNNING' });
    await on.outcomes(event(only(stepIds), { instanceId: 'a' }));
    expect(await newest(clusterId)).toMatchObject({ id: operationId, state: 'SUCCEEDED' });
  });
});

describe('O5: cancelling', () => {
  test('O5: it is no failure: no event, no error line; the running step is cancelled, pending ones skipped', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 9 }, 'two');
    await on.outcomes(event(present(stepIds[0])));
    const errors = on.app.logged.length;
    const cancelled = await on.cancelOperation({ operationId, reason: 'the user asked for it' });
    expect(cancelled).toMatchObject({ state: 'CANCELLED', reason: 'the user asked for it', leaseExpiresAt: null });
    expect(await states(clusterId)).toEqual(['CANCELLED', 'SKIPPED']);
    expect(await on.step(clusterId)).toMatchObject({
      failed: 0,
      completed: 1,
      completedAt: null,
      duration: expect.any(Number),
    });
    expect(await on.events(clusterId, { successful: false })).toEqual([]);
    expect(on.app.logged.slice(errors).filter(({ level }) => level === 50)).toEqual([]);
    await startOperation(on.url, clusterId, ['three']);
  });

  test('O5: one that has ended cannot be cancelled', async () => {
    const { operationId } = await on.running('one');
    await on.finishOperation({ operationId, successful: false });
    const cancel = post(on.url, CancelOperationDocument, { input: { operationId } });
    expect(await refusal(cancel)).toMatch(/^CONFLICT: .* which is FAILED$/);
  });
});

describe('O6: the reason', () => {
  test('O6: a deleted cluster’s operation says so', async () => {
    const { clusterId, operationId } = await on.running('one');
    await on.deleteCluster(clusterId);
    expect(await on.rows('SELECT state, reason FROM cluster_operation WHERE id = $1', operationId)).toEqual([
      { state: 'INTERRUPTED', reason: 'the cluster was deleted' },
    ]);
  });

  test('O6: the reporter’s words are there whether or not a step was running', async () => {
    const { clusterId, operationId } = await on.running('one');
    const reason = 'timed out waiting for ssh after 10800 s';
    await on.finishOperation({ operationId, successful: false, reason });
    expect(await newest(clusterId)).toMatchObject({ state: 'FAILED', reason });
    expect(await on.events(clusterId)).toEqual([]);
  });
});

describe('S1: where a step is put', () => {
  const names = async (clusterId: string) =>
    (await on.cluster(clusterId)).provisioningProgress.map(({ stepName, position }) => `${position} ${stepName}`);
  const add = (input: object) => post(on.url, AddStepDocument, { input: input as never });

  test('S1: right behind the one given, else last', async () => {
    const { clusterId, operationId, stepIds } = await on.running('a', 'b', 'c');
    const [a, b] = stepIds as [string, string];
    await on.addStep(operationId, { stepName: 'behind b', afterStepId: b });
    await on.addStep(operationId, { stepName: 'behind a', afterStepId: a });
    await on.addStep(operationId, { stepName: 'last' });
    expect(await names(clusterId)).toEqual(['0 a', '1 behind a', '2 b', '3 behind b', '4 c', '5 last']);
  });

  test('S1: behind the running step, but not before one that has begun', async () => {
    const { clusterId, operationId, stepIds } = await on.running('a', { stepName: 'b', total: 2 }, 'c');
    const [a, b] = stepIds as [string, string];
    await on.finishStep({ stepId: a, successful: true });
    await on.outcomes(event(b));
    const refused = await add({ operationId, stepName: 'too late', afterStepId: a });
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'CONFLICT', field: ['input', 'afterStepId'], stepId: b } },
    ]);
    await on.addStep(operationId, { stepName: 'next', afterStepId: b });
    expect(await names(clusterId)).toEqual(['0 a', '1 b', '2 next', '3 c']);
  });

  test('S1: not behind a step of another operation, of nobody, or what is no id', async () => {
    const [{ operationId }, { stepIds }] = [await on.running('a'), await on.running('b')];
    for (const afterStepId of [only(stepIds), id(), 'a', '']) {
      const { errors } = await add({ operationId, stepName: 'c', afterStepId });
      expect(errors).toMatchObject([
        {
          message: expect.stringContaining('afterStepId'),
          extensions: { code: 'BAD_USER_INPUT', field: ['input', 'afterStepId'] },
        },
      ]);
    }
  });
});

// S11, of all that these tests have left behind.
afterAll(async () => {
  const open = await on.rows(
    `SELECT FROM cluster_provision_step s JOIN cluster_operation o ON o.id = s.operation_id
     WHERE o.state <> 'RUNNING' AND s.state IN ('PENDING', 'RUNNING')`,
  );
  expect(open).toEqual([]);
});
