import { describe, expect, test } from 'vitest';
import { HeartbeatDocument } from '../../src/generated/client.js';
import { createCluster, event, post, report, startOperation } from '../support/api.js';
import { until } from '../support/wait.js';
import { present, refusal, server } from './fixture.js';

const on = server();

const failed = { successful: false };

/** An operation with a lease of 6 s whose first step, of three units, runs since an hour ago and has one report. */
async function leased(leaseSeconds: number | null = 6) {
  const { id: clusterId } = await createCluster(on.url);
  const { id: operationId, steps } = await startOperation(
    on.url,
    clusterId,
    [
      { stepName: 'one', total: 3 },
      { stepName: 'two', total: 1 },
    ],
    'CREATING',
    { leaseSeconds },
  );
  const [stepId, next] = steps.map(({ id }) => id) as [string, string];
  await on.outcomes(event(stepId, { instanceId: 'a' }));
  const hourAgo = `- interval '1 hour'`;
  await on.rows(
    `UPDATE cluster_operation SET started_at = started_at ${hourAgo}, last_report_at = last_report_at ${hourAgo} WHERE id = $1`,
    operationId,
  );
  await on.rows(
    `UPDATE cluster_provision_step SET started_at = started_at ${hourAgo}, last_report_at = last_report_at ${hourAgo} WHERE id = $1`,
    stepId,
  );
  return { clusterId, operationId, stepId, next };
}

const newest = async (clusterId: string) => present((await on.operations(clusterId))[0]);
const states = async (clusterId: string) =>
  (await on.cluster(clusterId)).provisioningProgress.map(({ state }) => state);

/** Its lease has run out, and a server has noticed. */
async function interrupted() {
  const it = await leased();
  await on.rows(`UPDATE cluster_operation SET lease_expires_at = now() - interval '1 s' WHERE id = $1`, it.operationId);
  await until(async () => (await newest(it.clusterId)).state === 'INTERRUPTED');
  return it;
}

describe('O7: signs of life', () => {
  const aboutToExpire = (operationId: string) =>
    on.rows(`UPDATE cluster_operation SET lease_expires_at = now() + interval '1 hour' WHERE id = $1`, operationId);
  const left = async (clusterId: string) => Date.parse(`${(await newest(clusterId)).leaseExpiresAt}`) - Date.now();

  test('O7: a heartbeat, a duplicate, a refusal and a late report renew a lease', async () => {
    const { clusterId, operationId, stepId } = await leased(86_400);
    const known = event(stepId, { instanceId: 'a' });
    await on.outcomes(known);
    const signs: [string, () => Promise<unknown>][] = [
      ['heartbeat', () => on.heartbeat(operationId)],
      ['a duplicate', () => on.outcomes(known)],
      ['a total', () => on.updateStep(stepId, 4)],
      ['the same total', () => on.updateStep(stepId, 4)],
      ['finishStep', () => on.finishStep({ stepId, ...failed })],
      ['finishStep again', () => on.finishStep({ stepId, ...failed })],
    ];
    for (const [sign, give] of signs) {
      await aboutToExpire(operationId);
      await give();
      expect(await left(clusterId), sign).toBeGreaterThan(7_200_000);
    }
  });

  test('O7: heartbeats alone keep an operation running, and say until when', async () => {
    const { clusterId, operationId } = await leased(7200);
    for (const _ of [1, 2, 3]) {
      await on.rows(
        `UPDATE cluster_operation SET lease_expires_at = now() + interval '1 s' WHERE id = $1`,
        operationId,
      );
      const until = await on.heartbeat(operationId);
      expect(await newest(clusterId)).toMatchObject({ state: 'RUNNING', leaseExpiresAt: until });
      expect(await left(clusterId)).toBeGreaterThan(3_600_000);
    }
  });

  test('O7: the server’s default is a day; 0 is none', async () => {
    const { id } = await createCluster(on.url);
    const { id: operationId, leaseExpiresAt, startedAt } = await startOperation(on.url, id, ['one']);
    expect(Date.parse(`${leaseExpiresAt}`) - Date.parse(startedAt)).toBe(86_400_000);
    await on.cancelOperation({ operationId });
    expect(await startOperation(on.url, id, ['one'], 'SCALING', { leaseSeconds: 0 })).toMatchObject({
      leaseExpiresAt: null,
    });
    expect(await on.heartbeat((await newest(id)).id)).toBeNull();
  });
});

describe.concurrent('O7: an operation that its lease has ended', () => {
  test('O7, O6: is interrupted, with the reason, and its running step fails with it', async () => {
    const { clusterId } = await interrupted();
    const reason = 'no report came for 6 s, the time the operation was leased for';
    expect(await newest(clusterId)).toMatchObject({ state: 'INTERRUPTED', reason, leaseExpiresAt: null });
    expect(await states(clusterId)).toEqual(['FAILED', 'SKIPPED']);
    expect(await on.events(clusterId, failed)).toMatchObject([{ eventInfo: reason, withdrawn: false }]);
  });

  test('O7: comes back with a failure that was kept meanwhile: it counts, its traceback is there, the interruption is withdrawn', async () => {
    const { clusterId, stepId } = await interrupted();
    const eventInfo = 'TimeoutError: timed out';
    const { results } = await report(on.url, [event(stepId, { instanceId: 'b', eventInfo, ageMs: 13_000, ...failed })]);
    expect(results).toMatchObject([{ outcome: 'RECORDED' }]);
    expect(await newest(clusterId)).toMatchObject({ state: 'RUNNING', reason: null, completedAt: null });
    expect(await newest(clusterId)).toMatchObject({ leaseExpiresAt: expect.any(String) });
    expect(await on.step(clusterId)).toMatchObject({ state: 'FAILED', completed: 1, failed: 1 });
    expect(await states(clusterId)).toEqual(['FAILED', 'PENDING']);
    expect(await on.events(clusterId, failed)).toMatchObject([
      { withdrawn: true, instanceId: null },
      { withdrawn: false, late: false, eventInfo },
    ]);
  });

  test('O7: comes back with a heartbeat, as it was', async () => {
    const { clusterId, operationId } = await interrupted();
    expect(await on.heartbeat(operationId)).toEqual(expect.any(String));
    expect(await on.step(clusterId)).toMatchObject({
      ...{ state: 'RUNNING', completed: 1, failed: 0, successful: null },
      ...{ completedAt: null, duration: null },
    });
    expect(await states(clusterId)).toEqual(['RUNNING', 'PENDING']);
  });

  test('O7, S9: its steps keep the times that its reporter tells, also those before the interruption', async () => {
    const { clusterId, stepId, next } = await interrupted();
    const minute = 60_000;
    await on.outcomes(
      event(stepId, { instanceId: 'b', ageMs: 31 * minute }),
      event(stepId, { instanceId: 'c', ageMs: 30 * minute }),
    );
    await on.startStep(next, null, 30 * minute);
    await on.outcomes(event(next, { ageMs: 10 * minute }));
    const [one, two] = (await on.cluster(clusterId)).provisioningProgress;
    expect(one).toMatchObject({ state: 'SUCCEEDED' });
    expect(Math.round(present(one?.duration) / minute)).toBe(30);
    expect(Math.round(present(two?.duration) / minute)).toBe(20);
    expect((await newest(clusterId)).state).toBe('SUCCEEDED');
  });

  test('O7: ends as its reporter says', async () => {
    const { clusterId, operationId } = await interrupted();
    const told = { operationId, successful: false, reason: 'no quota' };
    expect(await on.finishOperation(told)).toMatchObject({ state: 'FAILED', reason: 'no quota' });
    expect(await on.step(clusterId)).toMatchObject({ state: 'FAILED', failed: 1 });
    expect(await on.events(clusterId, failed)).toMatchObject([{ withdrawn: true }, { eventInfo: 'no quota' }]);
  });

  test('O7: may be interrupted twice, and come back twice', async () => {
    const { clusterId, operationId, stepId } = await interrupted();
    await on.heartbeat(operationId);
    await on.rows(`UPDATE cluster_operation SET lease_expires_at = now() - interval '1 s' WHERE id = $1`, operationId);
    await until(async () => (await newest(clusterId)).state === 'INTERRUPTED');
    await on.outcomes(event(stepId, { instanceId: 'b' }));
    expect(await on.step(clusterId)).toMatchObject({ state: 'RUNNING', completed: 2, failed: 0 });
    expect(await on.events(clusterId, failed)).toMatchObject([{ withdrawn: true }, { withdrawn: true }]);
  });

  test('O7: stays ended once a later one has begun: what comes for it is late', async () => {
    const { clusterId, operationId, stepId } = await interrupted();
    await startOperation(on.url, clusterId, ['one']);
    expect(await on.outcomes(event(stepId, { instanceId: 'b', ...failed }))).toEqual(['STEP_CLOSED']);
    expect(await refusal(post(on.url, HeartbeatDocument, { input: { operationId } }))).toMatch(/^CONFLICT/);
    expect((await on.operations(clusterId)).map(({ state }) => state)).toEqual(['RUNNING', 'INTERRUPTED']);
    expect(await on.events(clusterId, failed)).toMatchObject([{ withdrawn: false }, { late: true }]);
  });

  test('O2, O7: gives way to a run that was started again: the first is interrupted, the second recorded', async () => {
    const { clusterId } = await interrupted();
    const { steps } = await startOperation(on.url, clusterId, [{ stepName: 'one', total: 1 }], 'CREATING', {
      supersede: true,
    });
    await on.outcomes(event(present(steps[0]).id));
    expect((await on.operations(clusterId)).map(({ state }) => state)).toEqual(['SUCCEEDED', 'INTERRUPTED']);
  });
});
