import { describe, expect, test } from 'vitest';
import {
  FinishOperationDocument,
  FinishStepDocument,
  StartOperationDocument,
  StartStepDocument,
} from '../../src/generated/client.js';
import { createCluster, event, post, report, startOperation } from '../support/api.js';
import { only, present, refusal, server } from './fixture.js';

const on = server();

const time = (text: string | null | undefined) => Date.parse(`${text}`);
const minute = 60_000;

/** Two steps of one unit each, of an operation on an old cluster that began so long ago. */
async function begun(ageMs = 60 * minute) {
  const { id: clusterId } = await createCluster(on.url);
  await on.rows(`UPDATE cluster SET created_at = created_at - interval '1 day' WHERE id = $1`, clusterId);
  const steps = ['one', 'two'].map((stepName) => ({ stepName, total: 1 }));
  const operation = await startOperation(on.url, clusterId, steps, 'CREATING', { ageMs });
  const [one, two] = operation.steps.map(({ id }) => id) as [string, string];
  return { clusterId, operation, one, two };
}

/** When each step started and ended. */
async function times(clusterId: string) {
  const steps = (await on.cluster(clusterId)).provisioningProgress;
  return steps.map(({ startedAt, completedAt }) => [time(startedAt), time(completedAt)]);
}

describe('S9: ages', () => {
  test('S9: two steps that passed while their reporter was cut off have the durations they had', async () => {
    const { clusterId, one, two } = await begun();
    await on.startStep(one, null, 6_000);
    await on.outcomes(event(one, { ageMs: 3_000 }));
    await on.startStep(two, null, 3_000);
    await on.outcomes(event(two));
    const [[from, to], [since, until]] = (await times(clusterId)) as [[number, number], [number, number]];
    // However long the calls took on top.
    expect(to - from).toBeGreaterThanOrEqual(3_000);
    expect(until - since).toBeGreaterThanOrEqual(3_000);
    expect(since).toBeGreaterThanOrEqual(to);
    expect(until - from).toBeGreaterThanOrEqual(6_000);
    const [first, second] = (await on.cluster(clusterId)).provisioningProgress;
    expect([first?.duration, second?.duration]).toEqual([to - from, until - since]);
  });

  test('S9: all of it in one call', async () => {
    const { clusterId, one, two } = await begun();
    const { results } = await report(on.url, [event(one, { ageMs: 20 * minute }), event(two, { ageMs: 5 * minute })]);
    expect(results).toMatchObject([{ outcome: 'RECORDED' }, { outcome: 'RECORDED' }]);
    const [[, end], [start]] = (await times(clusterId)) as [[number, number], [number, number]];
    expect(start - end).toBe(15 * minute);
    expect((await on.operations(clusterId))[0]).toMatchObject({ state: 'SUCCEEDED' });
    expect(time((await on.operations(clusterId))[0]?.completedAt)).toBe((await times(clusterId))[1]?.[1]);
  });

  test('S9, E8: an event says when it happened and when it was recorded', async () => {
    const { clusterId, one } = await begun();
    await on.outcomes(event(one, { ageMs: 10 * minute, successful: false }), event(one));
    const [old] = await on.events(clusterId);
    expect(time(old?.createdAt) - time(old?.occurredAt)).toBe(10 * minute);
    expect(old).toMatchObject({ late: false, withdrawn: false });
  });

  test('S9: of none given, it happened when it was recorded', async () => {
    const { clusterId, one } = await begun();
    await on.outcomes(event(one));
    const [told] = await on.events(clusterId);
    expect(told?.occurredAt).toBe(told?.createdAt);
  });

  test('S9: nothing happens before what it must follow: the cluster, the operation, the step before, its own start', async () => {
    const ancient = 20 * 24 * 60 * minute;
    const { clusterId, operation, one, two } = await begun(ancient);
    const createdAt = time((await on.cluster(clusterId)).createdAt);
    expect(time(operation.startedAt)).toBe(createdAt);
    await on.startStep(one, null, ancient);
    expect(time((await on.step(clusterId)).startedAt)).toBe(createdAt);
    await on.outcomes(event(one, { ageMs: 60 * minute }));
    const { completedAt } = await on.step(clusterId);
    await on.startStep(two, null, ancient);
    expect((await on.step(clusterId, 1)).startedAt).toBe(completedAt);
    await on.outcomes(event(two, { ageMs: ancient }));
    expect(await on.step(clusterId, 1)).toMatchObject({ completedAt, duration: 0 });
  });

  test('S9: an earlier report that comes later does not take a step’s end back', async () => {
    const { clusterId, operation } = await begun();
    const { id: stepId } = await on.addStep(operation.id, {
      stepName: 'zero',
      total: 2,
      afterStepId: present(operation.steps[1]).id,
    });
    for (const { id } of operation.steps) await on.outcomes(event(id, { ageMs: 40 * minute }));
    await on.startStep(stepId, null, 40 * minute);
    await on.outcomes(event(stepId, { ageMs: 10 * minute }), event(stepId, { ageMs: 30 * minute }));
    const { completedAt, lastReportAt, duration } = await on.step(clusterId, 2);
    expect(completedAt).toBe(lastReportAt);
    expect(Math.round(present(duration) / minute)).toBe(30);
  });

  test('S9: finishStep and finishOperation have ages, too', async () => {
    const { clusterId, operation, one } = await begun();
    await on.startStep(one, null, 50 * minute);
    await on.finishStep({ stepId: one, successful: false, ageMs: 40 * minute });
    expect(Math.round(present((await on.step(clusterId)).duration) / minute)).toBe(10);
    const { duration, completedAt } = await on.finishOperation({
      ...{ operationId: operation.id, successful: false },
      ageMs: 30 * minute,
    });
    expect(Math.round(present(duration) / minute)).toBe(30);
    expect(time(completedAt)).toBeGreaterThan(time((await on.step(clusterId)).startedAt));
  });

  test('S9: finishOperation is not before its last report', async () => {
    const { operation, one } = await begun();
    await on.outcomes(event(one, { ageMs: 20 * minute }));
    const { completedAt } = await on.finishOperation({
      operationId: operation.id,
      successful: false,
      ageMs: 59 * minute,
    });
    expect(time(completedAt) - time(operation.startedAt)).toBeGreaterThanOrEqual(40 * minute);
  });

  test('S9: said again with another age, nothing changes', async () => {
    const { id: clusterId } = await createCluster(on.url);
    const more = { id: crypto.randomUUID(), ageMs: 0 };
    const first = await startOperation(on.url, clusterId, ['one'], 'CREATING', more);
    expect(await startOperation(on.url, clusterId, ['one'], 'CREATING', { ...more, ageMs: 9_000 })).toEqual(first);
    const started = await on.startStep(only(first.steps.map(({ id }) => id)));
    expect(await on.startStep(started.id, null, 5_000)).toEqual(started);
  });
});

describe('S9: ages that are none', () => {
  const year = 365 * 24 * 60 * minute;
  const range = /expected ageMs to be a whole number from 0 to 2147483647, got -1/;

  test('S9: negative ones are refused, by every mutation that has one, and change nothing', async () => {
    const { clusterId, operation, one } = await begun();
    const { revision } = await on.cluster(clusterId);
    const ageMs = -1;
    const answers = [
      post(on.url, StartOperationDocument, { input: { clusterId, type: 'CREATING', supersede: true, ageMs } }),
      post(on.url, StartStepDocument, { input: { stepId: one, ageMs } }),
      post(on.url, FinishStepDocument, { input: { stepId: one, successful: true, ageMs } }),
      post(on.url, FinishOperationDocument, { input: { operationId: operation.id, successful: true, ageMs } }),
    ];
    for (const answer of answers) expect(await refusal(answer)).toMatch(range);
    const { results } = await report(on.url, [event(one, { ageMs })]);
    expect(results).toMatchObject([
      { outcome: 'REJECTED', code: 'BAD_USER_INPUT', reason: expect.stringMatching(range) },
    ]);
    expect((await on.cluster(clusterId)).revision).toBe(revision);
  });

  test.each([[year], [1e300], [0.5], ['1'], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'S9: %s milliseconds are no age',
    async (ageMs) => {
      const { one } = await begun();
      // NaN and Infinity have no form in JSON but null, which is no age given.
      const text = JSON.stringify(ageMs) === 'null' ? `${ageMs}` : JSON.stringify(ageMs);
      const query = `mutation { startStep(input: { stepId: "${one}", ageMs: ${text} }) { step { id } } }`;
      expect(await refusal(post(on.url, query))).toMatch(/^BAD_USER_INPUT: Int cannot represent/);
    },
  );
});
