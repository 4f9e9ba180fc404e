import { describe, expect, test } from 'vitest';
import { FinishStepDocument } from '../../src/generated/client.js';
import { event, post, report } from '../support/api.js';
import { only, refusal, server } from './fixture.js';

const on = server();

/** A step of so many units that has not begun. */
async function pending(total: number | null = 2, stepName = 'Waiting for ssh') {
  const { clusterId, operationId, stepIds } = await on.running({ stepName, total });
  return { clusterId, operationId, stepId: only(stepIds) };
}

const counters = async (clusterId: string) => {
  const { completed, failed, successful, state } = await on.step(clusterId);
  return [completed, failed, successful, state];
};

describe('S5: units', () => {
  test('S5: what was recorded last of a unit stands', async () => {
    const { clusterId, stepId } = await pending(3);
    const says = (successful: boolean) => on.outcomes(event(stepId, { instanceId: 'a', successful }));
    await says(false);
    expect(await counters(clusterId)).toEqual([0, 1, false, 'FAILED']);
    await says(true);
    expect(await counters(clusterId)).toEqual([1, 0, null, 'RUNNING']);
    await says(true);
    expect(await counters(clusterId)).toEqual([1, 0, null, 'RUNNING']);
    await says(false);
    expect(await counters(clusterId)).toEqual([0, 1, false, 'FAILED']);
  });

  test('S5, S5a: a unit is its instanceId, else its instanceName; each success of no instance is a unit of its own', async () => {
    const { clusterId, stepId } = await pending(9);
    await on.outcomes(
      event(stepId, { instanceId: 'a', instanceName: 'one' }),
      event(stepId, { instanceId: 'a', instanceName: 'two' }),
      event(stepId, { instanceId: null, instanceName: 'a' }),
      event(stepId, { instanceId: null, instanceName: 'a', nodeGroupId: 'workers' }),
      event(stepId, { instanceId: null }),
      event(stepId, { instanceId: null }),
    );
    expect(await counters(clusterId)).toEqual([4, 0, null, 'RUNNING']);
  });

  test('S5: units of the same name in two steps are two units', async () => {
    const { stepIds } = await on.running({ stepName: 'one', total: 1 }, { stepName: 'two', total: 2 });
    const { steps } = await report(
      on.url,
      stepIds.map((id) => event(id, { instanceId: 'a' })),
    );
    expect(steps.map(({ completed }) => completed)).toEqual([1, 1]);
  });
});

describe('S6: success', () => {
  test('S6: a step is successful once all units are done, and not while any stands failed', async () => {
    const { clusterId, stepId } = await pending(2);
    await on.outcomes(event(stepId, { instanceId: 'a', successful: false }), event(stepId, { instanceId: 'b' }));
    expect(await counters(clusterId)).toEqual([1, 1, false, 'FAILED']);
    await on.outcomes(event(stepId, { instanceId: 'a' }));
    expect(await counters(clusterId)).toEqual([2, 0, true, 'SUCCEEDED']);
  });

  test('S6: what runs with failed units is found by the filter of clusters, and counted, until it has recovered or ended', async () => {
    const found = async (id: string) => {
      const { data } = await post(
        on.url,
        `query($id: ID!) {
          failing: clusters(filter: { ids: [$id], failing: true }) { nodes { id } }
          others: clusters(filter: { ids: [$id], failing: false }) { nodes { id } }
          clusterCounts(filter: { ids: [$id] }) { running failing failed }
        }` as never,
        { id },
      );
      return data;
    };
    const { clusterId, operationId, stepId } = await pending(3);
    const here = { nodes: [{ id: clusterId }] };
    const none = { nodes: [] };
    const well = { failing: none, others: here, clusterCounts: { running: 1, failing: 0, failed: 0 } };
    expect(await found(clusterId)).toEqual(well);
    await on.outcomes(event(stepId, { instanceId: 'a', successful: false }));
    const failing = { failing: here, others: none, clusterCounts: { running: 1, failing: 1, failed: 0 } };
    expect(await found(clusterId)).toEqual(failing);
    await on.outcomes(event(stepId, { instanceId: 'a' }));
    expect(await found(clusterId)).toEqual(well);
    await on.outcomes(event(stepId, { instanceId: 'b', successful: false }));
    expect(await found(clusterId)).toEqual(failing);
    await on.finishOperation({ operationId, successful: false });
    const ended = { failing: none, others: here, clusterCounts: { running: 0, failing: 0, failed: 1 } };
    expect(await found(clusterId)).toEqual(ended);
  });

  test('S6: the last success and a failure at once never make a failed step look well', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { clusterId, stepId } = await pending(2);
      await on.outcomes(event(stepId, { instanceId: 'a' }));
      await Promise.all([
        on.outcomes(event(stepId, { instanceId: 'b' })),
        on.outcomes(event(stepId, { instanceId: 'a', successful: false })),
      ]);
      expect([
        [2, 0, true, 'SUCCEEDED'],
        [1, 1, false, 'FAILED'],
      ]).toContainEqual(await counters(clusterId));
    }
  });
});

describe('S7: the total', () => {
  test('S7: a success of a new unit beyond the total is rejected; one of a known unit is not', async () => {
    const { clusterId, stepId } = await pending(2);
    await on.outcomes(event(stepId, { instanceId: 'a' }), event(stepId, { instanceId: 'b', successful: false }));
    const { results } = await report(on.url, [event(stepId, { instanceId: 'c' }), event(stepId, { instanceId: 'b' })]);
    expect(results).toMatchObject([
      {
        outcome: 'REJECTED',
        code: 'TOTAL_EXCEEDED',
        reason: expect.stringContaining(
          `expected reports of the 2 units of step "Waiting for ssh" (${stepId}), got one of another unit`,
        ),
      },
      { outcome: 'RECORDED' },
    ]);
    expect(await counters(clusterId)).toEqual([2, 0, true, 'SUCCEEDED']);
    expect(await on.events(clusterId)).toHaveLength(3);
  });

  test('S4: a step of no units succeeds when it starts', async () => {
    const { stepId } = await pending(0);
    expect(await on.startStep(stepId)).toMatchObject({
      state: 'SUCCEEDED',
      successful: true,
      completed: 0,
      duration: 0,
    });
  });

  test('S7: a step without a total runs until it is finished', async () => {
    const { clusterId, stepId } = await pending(null);
    await on.startStep(stepId);
    await on.outcomes(event(stepId), event(stepId), event(stepId));
    expect(await counters(clusterId)).toEqual([3, 0, null, 'RUNNING']);
    expect(await on.finishStep({ stepId, successful: true })).toMatchObject({ state: 'SUCCEEDED', total: 3 });
  });
});

describe('S8: closed steps', () => {
  test('S8: what comes for a step that succeeded counts nothing; an event that it has is a duplicate', async () => {
    const { clusterId, stepId } = await pending(1);
    const known = event(stepId);
    await on.outcomes(known);
    expect(await on.outcomes(event(stepId), { ...known, successful: false })).toEqual(['STEP_CLOSED', 'DUPLICATE']);
    expect(await counters(clusterId)).toEqual([1, 0, true, 'SUCCEEDED']);
  });

  test('S8: a failed step takes reports of its units until its operation ends', async () => {
    const { clusterId, operationId, stepId } = await pending(4);
    await on.outcomes(event(stepId, { successful: false }));
    expect(await on.outcomes(event(stepId), event(stepId, { successful: false }))).toEqual(['RECORDED', 'RECORDED']);
    expect(await counters(clusterId)).toEqual([1, 2, false, 'FAILED']);
    await on.finishOperation({ operationId, successful: false });
    expect(await on.outcomes(event(stepId))).toEqual(['STEP_CLOSED']);
    expect(await counters(clusterId)).toEqual([1, 2, false, 'FAILED']);
  });
});

describe('S9: times', () => {
  const minutes = (text: string | null, from: string | null) =>
    (Date.parse(`${text}`) - Date.parse(`${from}`)) / 60_000;
  const backdate = (stepId: string) =>
    on.rows(`UPDATE cluster_provision_step SET started_at = started_at - interval '10 min' WHERE id = $1`, stepId);
  const clock = async () => (await on.rows<{ now: Date }>('SELECT now() AS now'))[0]?.now.getTime() ?? Number.NaN;

  test('S9: they are the database’s, and the duration is what lies between', async () => {
    const { clusterId, stepId } = await pending(2);
    const before = await clock();
    await on.outcomes(event(stepId));
    await backdate(stepId);
    await on.outcomes(event(stepId));
    const { startedAt, completedAt, duration } = await on.step(clusterId);
    expect(Date.parse(`${completedAt}`)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(`${completedAt}`)).toBeLessThanOrEqual(await clock());
    expect(duration).toBe(minutes(completedAt, startedAt) * 60_000);
    expect(duration).toBeGreaterThanOrEqual(600_000);
  });

  test('S9: completedAt is set once', async () => {
    const { clusterId, operationId, stepId } = await pending(1);
    await on.addStep(operationId, { stepName: 'another' });
    await on.outcomes(event(stepId));
    const done = await on.step(clusterId);
    await on.outcomes(event(stepId));
    await on.finishStep({ stepId, successful: true });
    await on.finishOperation({ operationId, successful: false });
    expect(await on.step(clusterId)).toEqual(done);
  });

  test('S9: a failed step has no completedAt, but a duration, to its last report', async () => {
    const { clusterId, stepId } = await pending(9);
    await on.outcomes(event(stepId, { successful: false }));
    const first = await on.step(clusterId);
    expect(first).toMatchObject({ completedAt: null, duration: 0 });
    await backdate(stepId);
    await on.outcomes(event(stepId));
    const { completedAt, duration, startedAt, updatedAt } = await on.step(clusterId);
    expect(completedAt).toBeNull();
    expect(duration).toBe(minutes(updatedAt, startedAt) * 60_000);
    expect(duration).toBeGreaterThanOrEqual(600_000);
  });
});

describe('S10: finishStep', () => {
  const finish = (stepId: string) => refusal(post(on.url, FinishStepDocument, { input: { stepId, successful: true } }));

  test('S10: it closes a step without units', async () => {
    const { stepId } = await pending(null);
    await on.startStep(stepId);
    expect(await on.finishStep({ stepId, successful: true })).toMatchObject({ state: 'SUCCEEDED', total: 0 });
  });

  test('S10: it does not close a step with units that have not reported, or that failed', async () => {
    const { stepId } = await pending(1000, 'Launching instances');
    await on.outcomes(...Array.from({ length: 942 }, () => event(stepId)));
    expect(await finish(stepId)).toMatch(/^CONFLICT: 58 of 1000 units have not reported/);
    await on.outcomes(...Array.from({ length: 58 }, () => event(stepId, { successful: false })));
    expect(await finish(stepId)).toMatch(/^CONFLICT: 58 of 1000 units stand failed/);
  });

  test('S5a, S10: as failed, it records the step’s own failure with the given info', async () => {
    const { clusterId, stepId } = await pending(3);
    await on.startStep(stepId);
    const failed = await on.finishStep({ stepId, successful: false, eventInfo: 'no quota', errorId: 'e-1' });
    expect(failed).toMatchObject({ state: 'FAILED', successful: false, failed: 1 });
    const told = { eventInfo: 'no quota', errorId: 'e-1', successful: false };
    expect(await on.events(clusterId)).toMatchObject([
      { ...told, instanceId: null, instanceName: null, nodeGroupId: null },
    ]);
  });

  test('S4, S10: it starts a step that has not begun', async () => {
    const [units, none] = [await pending(3), await pending(null)];
    expect(await finish(units.stepId)).toMatch(/^CONFLICT: 3 of 3 units have not reported/);
    expect(await on.step(units.clusterId)).toMatchObject({ state: 'PENDING', startedAt: null });
    expect(await on.finishStep({ stepId: none.stepId, successful: true })).toMatchObject({
      state: 'SUCCEEDED',
      total: 0,
    });
  });
});
