import { describe, expect, test } from 'vitest';
import { EventsByErrorIdDocument } from '../../src/generated/client.js';
import { event, ok, report } from '../support/api.js';
import { until } from '../support/wait.js';
import { present, server } from './fixture.js';

const on = server({ eraseIntervalSeconds: 1, eraseGraceSeconds: 0 });

const failed = { successful: false };

/** A step of so many units, followed by another. */
async function step(total: number | null = 1) {
  const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total }, 'two');
  const [stepId, next] = stepIds as [string, string];
  return { clusterId, operationId, stepId, next };
}

describe('S8: no failure is thrown away', () => {
  test('S8: failures of a step that succeeded are late: in the log, and no counter or state moves', async () => {
    const { clusterId, stepId } = await step();
    await on.outcomes(event(stepId, { instanceId: 'a' }));
    const { updatedAt, ...before } = await on.step(clusterId);
    const eventInfo = 'Traceback (most recent call last):\n  File "ssh.py", line 7\nTimeoutError: timed out';
    const late = [event(stepId, { instanceId: 'a', eventInfo, ...failed }), event(stepId, failed)];
    const { results, steps } = await report(on.url, late);
    expect(results).toMatchObject(Array(2).fill({ outcome: 'LATE', code: 'STEP_CLOSED' }));
    expect(results[0]?.reason).toMatch(/^expected a step that takes reports, got step "one" .* which is SUCCEEDED$/);
    expect(steps).toMatchObject([before]);
    expect(await on.step(clusterId)).toMatchObject(before);
    const log = await on.events(clusterId, { successful: false });
    expect(log.map(({ id, late }) => [id, late])).toEqual(late.map(({ id }) => [id, true]));
    expect(log[0]).toMatchObject({ eventInfo, errorId: expect.any(String) });
    expect(on.app.logged).toContainEqual(expect.objectContaining({ level: 50, errorId: log[0]?.errorId, stepId }));
  });

  test('S8: a success of a closed step is late, too', async () => {
    const { clusterId, stepId } = await step();
    await on.outcomes(event(stepId, { instanceId: 'a' }));
    const late = event(stepId, { instanceId: 'b' });
    expect((await report(on.url, [late])).results).toMatchObject([{ outcome: 'LATE', code: 'STEP_CLOSED' }]);
    expect((await on.events(clusterId)).find(({ id }) => id === late.id)).toMatchObject({ late: true, errorId: null });
  });

  test('S8: what is late is known when it comes again', async () => {
    const { clusterId, stepId } = await step();
    const late = event(stepId, failed);
    await on.outcomes(event(stepId), late);
    const { revision } = await on.cluster(clusterId);
    expect(await on.outcomes(late, late)).toEqual(['DUPLICATE', 'DUPLICATE']);
    expect((await on.cluster(clusterId)).revision).toBe(revision);
  });

  test('S8: of an operation that has ended, whatever became of its steps', async () => {
    const { clusterId, operationId, stepId, next } = await step(2);
    await on.outcomes(event(stepId, { instanceId: 'a', ...failed }));
    await on.finishOperation({ operationId, successful: false });
    const before = (await on.cluster(clusterId)).provisioningProgress;
    expect(await on.outcomes(event(stepId, { instanceId: 'a', ...failed }), event(next, failed))).toEqual([
      'STEP_CLOSED',
      'STEP_CLOSED',
    ]);
    expect((await on.cluster(clusterId)).provisioningProgress).toEqual(before);
    expect(await on.events(clusterId)).toMatchObject([{ late: false }, { late: true }, { late: true }]);
  });

  test('S8: of a step whose turn has not come, a failure is late, a success is refused', async () => {
    const { clusterId, next } = await step();
    expect((await report(on.url, [event(next, failed), event(next)])).results).toMatchObject([
      { outcome: 'LATE', code: 'STEP_OUT_OF_ORDER' },
      { outcome: 'REJECTED', code: 'STEP_OUT_OF_ORDER' },
    ]);
    expect(await on.step(clusterId, 1)).toMatchObject({ state: 'PENDING', failed: 0 });
    expect(await on.events(clusterId)).toHaveLength(1);
  });

  test('S8: finishStep as failed, of a step that succeeded, is late, once', async () => {
    const { clusterId, stepId } = await step();
    await on.outcomes(event(stepId));
    for (const _ of [1, 2]) {
      const told = { stepId, successful: false, eventInfo: 'the check afterwards failed', errorId: 'e-late' };
      expect(await on.finishStep(told)).toMatchObject({ state: 'SUCCEEDED', failed: 0 });
    }
    expect(await on.events(clusterId, { successful: false })).toMatchObject([
      { late: true, eventInfo: 'the check afterwards failed', errorId: 'e-late' },
    ]);
  });

  test('S7, S8: a failure beyond the total is late, a success is refused and told what to do', async () => {
    const { clusterId, stepId } = await step(2);
    await on.outcomes(event(stepId, { instanceId: 'a' }), event(stepId, { instanceId: 'b', ...failed }));
    const { results } = await report(on.url, [event(stepId, failed), event(stepId)]);
    expect(results).toMatchObject([
      { outcome: 'LATE', code: 'TOTAL_EXCEEDED' },
      { outcome: 'REJECTED', code: 'TOTAL_EXCEEDED' },
    ]);
    expect(results[1]?.reason).toMatch(/updateStep.*replacesInstanceId/);
    expect(await on.step(clusterId)).toMatchObject({ completed: 1, failed: 1, total: 2 });
  });

  test('S8: a failed step takes reports of its units after later steps have begun', async () => {
    const { clusterId, stepId, next } = await step(2);
    await on.outcomes(event(stepId, { instanceId: 'a', ...failed }), event(next));
    expect(await on.outcomes(event(stepId, { instanceId: 'b', ...failed }))).toEqual(['RECORDED']);
    expect(await on.step(clusterId)).toMatchObject({ failed: 2, state: 'FAILED' });
  });
});

describe('E2: known ids', () => {
  test('E2: an id that is known of another step is refused, and the refusal names that', async () => {
    const { clusterId, stepId, next } = await step();
    const known = event(stepId);
    const { results } = await report(on.url, [
      known,
      { ...known, stepId: next },
      { ...known, stepId: next, ...failed },
    ]);
    expect(results).toMatchObject([
      { outcome: 'RECORDED' },
      ...Array(2).fill({ outcome: 'REJECTED', code: 'CONFLICT' }),
    ]);
    expect(results[1]?.reason).toContain(stepId);
    expect(await on.step(clusterId, 1)).toMatchObject({ state: 'PENDING' });
  });
});

describe('F1: what is erased, and what is not', () => {
  const remain = (clusterId: string, count: number) => until(async () => (await on.events(clusterId)).length === count);

  test('F1, S8: a failure that was retried well stays, and is found by its error id; what was erased stays known', async () => {
    const { clusterId, stepId } = await step();
    const first = event(stepId, { instanceId: 'a', errorId: crypto.randomUUID(), eventInfo: 'flaky', ...failed });
    const success = event(stepId, { instanceId: 'a' });
    await on.outcomes(first, success);
    await remain(clusterId, 1);
    const { eventsByErrorId } = await ok(on.url, EventsByErrorIdDocument, { errorId: present(first.errorId) });
    expect(eventsByErrorId).toMatchObject([{ id: first.id, eventInfo: 'flaky', late: false }]);
    expect(await on.outcomes(success, first)).toEqual(['DUPLICATE', 'DUPLICATE']);
    expect(await on.step(clusterId)).toMatchObject({ completed: 1, failed: 0, state: 'SUCCEEDED' });
  });

  test('F1: late reports stay as well', async () => {
    const { clusterId, stepId } = await step();
    await on.outcomes(event(stepId), event(stepId), event(stepId, failed));
    await remain(clusterId, 2);
    expect(await on.events(clusterId)).toMatchObject([{ late: true }, { late: true }]);
  });
});

describe('E6: a long traceback', () => {
  test('E6: of 108 kB, its first and its last line are there', async () => {
    const { clusterId, stepId } = await step();
    const frame =
      '  File "/usr/lib/python3/dist-packages/provision/engine.py", line 120, in run\n    return self._run(context)\n';
    const frames = frame.repeat(Math.ceil(108_000 / frame.length));
    const eventInfo = `Traceback (most recent call last):\n${frames}TimeoutError: no route to host 10.0.0.7`;
    await on.outcomes(event(stepId, { eventInfo, ...failed }));
    const [kept] = (await on.events(clusterId)).map(({ eventInfo }) => `${eventInfo}`);
    expect(kept).toMatch(/^Traceback \(most recent call last\):\n/);
    expect(kept).toContain(`… [${eventInfo.length} bytes, the middle is left out] …`);
    expect(kept).toMatch(/\nTimeoutError: no route to host 10\.0\.0\.7$/);
  });
});
