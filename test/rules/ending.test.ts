import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { ClusterProgressDocument, FinishOperationDocument } from '../../src/generated/client.js';
import { createCluster, event, open, post, startOperation } from '../support/api.js';
import { startApp } from '../support/app.js';
import { only, present, refusal, server } from './fixture.js';

const on = server();

const states = async (clusterId: string) =>
  (await on.cluster(clusterId)).provisioningProgress.map(({ state }) => state);

const operationOf = async (id: string) =>
  (await on.rows<{ state: string; completed_at: Date | null }>('SELECT * FROM cluster_operation WHERE id = $1', id))[0];

afterAll(async () => {
  // S11, of all that these tests have left behind: no step is open where no operation runs.
  const open = await on.rows(
    `SELECT FROM cluster_provision_step s JOIN cluster_operation o ON o.id = s.operation_id
     WHERE o.state <> 'RUNNING' AND (s.state IN ('PENDING', 'RUNNING') OR s.successful IS NULL AND s.state <> 'SKIPPED')`,
  );
  expect(open).toEqual([]);
});

describe('O4, S11: the end of an operation', () => {
  test('S11: finishOperation closes the running step with the reason and skips the pending ones', async () => {
    const { clusterId, operationId, stepIds } = await on.running(
      { stepName: 'Launching instances', total: 1 },
      { stepName: 'Waiting for ssh', total: 1000 },
      'Starting namenode',
    );
    await on.outcomes(event(only(stepIds)), event(present(stepIds[1])));
    const reason = 'timed out waiting for ssh after 10800 s';
    const operation = await on.finishOperation({ operationId, successful: false, reason });
    expect(operation).toMatchObject({ state: 'FAILED', completedAt: expect.any(String) });
    expect(await states(clusterId)).toEqual(['SUCCEEDED', 'FAILED', 'SKIPPED']);
    expect(await on.step(clusterId, 1)).toMatchObject({ completed: 1, failed: 1, successful: false });
    expect(await on.events(clusterId, { successful: false })).toMatchObject([
      { provisionStepId: stepIds[1], eventInfo: reason, instanceId: null, errorId: expect.any(String) },
    ]);
  });

  test('S11: without a reason, the event says how many had reported', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'Waiting for ssh', total: 1000 });
    await on.outcomes(...Array.from({ length: 59 }, () => event(only(stepIds))));
    await on.finishOperation({ operationId, successful: false });
    const [failure] = await on.events(clusterId, { successful: false });
    expect(failure?.eventInfo).toBe('the operation ended with 59 of 1000 reported');
  });

  test('S11: a step that failed already is left as it is', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'Waiting for ssh', total: 2 });
    await on.outcomes(event(only(stepIds), { successful: false }));
    const failed = await on.step(clusterId);
    await on.finishOperation({ operationId, successful: false });
    expect(await on.step(clusterId)).toEqual(failed);
  });

  test('S6: a step whose failures were retried well, but that was closed short of its total, has not succeeded', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 2 }, 'two');
    await on.outcomes(event(only(stepIds), { instanceId: 'a', successful: false }));
    await on.startStep(present(stepIds[1]));
    await on.outcomes(event(only(stepIds), { instanceId: 'a' }));
    expect(await on.step(clusterId)).toMatchObject({ state: 'FAILED', successful: false, failed: 0 });
    await on.finishOperation({ operationId, successful: true });
    expect(await on.step(clusterId)).toMatchObject({ state: 'FAILED', successful: false, failed: 0 });
  });

  test('O4: when the last step succeeds and none failed, the operation succeeds by itself', async () => {
    const { clusterId, operationId, stepIds } = await on.running(
      { stepName: 'one', total: 1 },
      { stepName: 'two', total: 1 },
    );
    await on.outcomes(event(present(stepIds[0])));
    expect((await on.cluster(clusterId)).currentOperation).toMatchObject({ state: 'RUNNING', progress: 0.5 });
    await on.outcomes(event(present(stepIds[1])));
    expect((await on.cluster(clusterId)).currentOperation).toBeNull();
    expect(await operationOf(operationId)).toMatchObject({ state: 'SUCCEEDED', completed_at: expect.any(Date) });
  });

  test('O4: a failed step does not decide the operation: its reporter does', async () => {
    const { operationId, stepIds } = await on.running({ stepName: 'one', total: 1 }, { stepName: 'two', total: 1 });
    await on.outcomes(event(present(stepIds[0]), { successful: false }), event(present(stepIds[1])));
    expect(await operationOf(operationId)).toMatchObject({ state: 'RUNNING' });
    expect(await on.finishOperation({ operationId, successful: true })).toMatchObject({ state: 'SUCCEEDED' });
  });

  test('O3: said again, finishOperation changes nothing; said otherwise, it is refused', async () => {
    const { clusterId, operationId } = await on.running('one');
    const operation = await on.finishOperation({ operationId, successful: false });
    const { revision } = await on.cluster(clusterId);
    expect(await on.finishOperation({ operationId, successful: false })).toEqual(operation);
    expect((await on.cluster(clusterId)).revision).toBe(revision);
    const otherwise = post(on.url, FinishOperationDocument, { input: { operationId, successful: true } });
    expect(await refusal(otherwise)).toBe(
      `CONFLICT: expected an operation that runs, got ${operationId}, which is FAILED`,
    );
  });

  test('S11, F3: deleteCluster ends what runs', async () => {
    const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 2 }, 'two');
    await on.outcomes(event(only(stepIds)));
    await on.deleteCluster(clusterId);
    expect(await operationOf(operationId)).toMatchObject({ state: 'INTERRUPTED', completed_at: expect.any(Date) });
    const sql = 'SELECT state FROM cluster_provision_step WHERE cluster_id = $1 ORDER BY position';
    expect(await on.rows(sql, clusterId)).toEqual([{ state: 'FAILED' }, { state: 'SKIPPED' }]);
    const failures = 'SELECT event_info FROM cluster_event WHERE cluster_id = $1 AND NOT successful';
    expect(await on.rows(failures, clusterId)).toEqual([{ event_info: 'the cluster was deleted' }]);
  });
});

describe('O7: leases', () => {
  async function leased(leaseSeconds: number) {
    const { id: clusterId } = await createCluster(on.url);
    const steps = [{ stepName: 'one', total: 9 }, 'two'];
    const { id: operationId, steps: planned } = await startOperation(on.url, clusterId, steps, 'CREATING', {
      leaseSeconds,
    });
    return { clusterId, operationId, stepId: present(planned[0]).id };
  }
  const shorten = (operationId: string, to: string) =>
    on.rows(`UPDATE cluster_operation SET lease_expires_at = now() + $2::interval WHERE id = $1`, operationId, to);
  const secondsLeft = async (operationId: string) => {
    const sql = `SELECT extract(epoch FROM lease_expires_at - now())::float8 AS left FROM cluster_operation WHERE id = $1`;
    return (await on.rows<{ left: number }>(sql, operationId))[0]?.left;
  };

  test('O7: every sign of life renews it', async () => {
    const { operationId, stepId } = await leased(7200);
    const reports = [
      () => on.startStep(stepId),
      () => on.outcomes(event(stepId)),
      () => on.addStep(operationId, { stepName: 'three' }),
      () => on.finishStep({ stepId, successful: false }),
    ];
    for (const report of reports) {
      await shorten(operationId, '1 hour');
      await report();
      expect(await secondsLeft(operationId)).toBeGreaterThan(7000);
    }
  });

  test('O7: a report that names no step of it does not renew it', async () => {
    const { operationId, stepId } = await leased(7200);
    await shorten(operationId, '1 hour');
    await on.outcomes(event(stepId, { instanceId: 'x'.repeat(256) }), event(crypto.randomUUID()));
    expect(await secondsLeft(operationId)).toBeLessThan(3601);
  });

  test('O7: when it has run out, any server interrupts the operation, and one does', async () => {
    const second = await startApp({ databaseUrl: on.app.databaseUrl });
    onTestFinished(() => second.close());
    const { clusterId, operationId, stepId } = await leased(60);
    await on.outcomes(event(stepId));
    const live = open(on.url, ClusterProgressDocument, { clusterId });
    onTestFinished(() => live.close());
    await live.next();
    await shorten(operationId, '-1 second');
    const told = await live.until(({ clusterProgress }) => clusterProgress.operations[0]?.state === 'INTERRUPTED');
    expect(told.at(-1)?.clusterProgress.steps.map(({ state }) => state)).toEqual(['FAILED', 'SKIPPED']);
    expect(await on.events(clusterId, { successful: false })).toMatchObject([
      { eventInfo: 'no report came for 60 s, the time the operation was leased for' },
    ]);
  });
});
