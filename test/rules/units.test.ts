import { describe, expect, test } from 'vitest';
import { type EventInput, FinishStepDocument, UpdateStepDocument } from '../../src/generated/client.js';
import { event, post, report } from '../support/api.js';
import { only, present, refusal, server } from './fixture.js';

const on = server();

/** A step of so many units, followed by another: its operation does not end with it. */
async function step(total: number | null) {
  const { clusterId, operationId, stepIds } = await on.running({ stepName: 'Waiting for ssh', total }, 'next');
  const stepId = present(stepIds[0]);
  const says = (over: Partial<EventInput>) => on.outcomes(event(stepId, { instanceId: null, ...over }));
  const counters = async () => {
    const { completed, failed, total, state } = await on.step(clusterId);
    return [completed, failed, total, state];
  };
  return { clusterId, operationId, stepId, says, counters };
}

const failed = { successful: false };

describe('S5: who a report speaks of', () => {
  test('S5: a unit reported by name, then with its id, is one', async () => {
    const { says, counters } = await step(2);
    await says({ instanceName: 'w1' });
    await says({ instanceName: 'w1', instanceId: 'i-1' });
    expect(await counters()).toEqual([1, 0, 2, 'RUNNING']);
  });

  test('S5: a failure by name is made good by a success with the id', async () => {
    const { says, counters } = await step(2);
    await says({ instanceName: 'w1', ...failed });
    await says({ instanceName: 'w1', instanceId: 'i-1' });
    await says({ instanceName: 'w2' });
    expect(await counters()).toEqual([2, 0, 2, 'SUCCEEDED']);
  });

  test('S5: known by its id first, it is found by its name', async () => {
    const { says, counters } = await step(3);
    await says({ instanceName: 'w1', instanceId: 'i-1' });
    await says({ instanceName: 'w1', ...failed });
    expect(await counters()).toEqual([0, 1, 3, 'FAILED']);
  });

  test('S5: a unit known by name and one known by id are one, once a report says so', async () => {
    const { says, counters } = await step(3);
    await says({ instanceName: 'w1', ...failed });
    await says({ instanceId: 'i-1' });
    expect(await counters()).toEqual([1, 1, 3, 'FAILED']);
    await says({ instanceName: 'w1', instanceId: 'i-1' });
    expect(await counters()).toEqual([1, 0, 3, 'RUNNING']);
  });

  test('S5: all of it in one call', async () => {
    const { stepId, counters } = await step(2);
    const by = (over: Partial<EventInput>) => event(stepId, { instanceId: null, ...over });
    const events = [
      by({ instanceName: 'w1', ...failed }),
      by({ instanceName: 'w1', instanceId: 'i-1' }),
      by({ instanceName: 'w1' }),
      by({ instanceId: 'i-1' }),
    ];
    expect(await on.outcomes(...events)).toEqual(Array(4).fill('RECORDED'));
    expect(await counters()).toEqual([1, 0, 2, 'RUNNING']);
  });

  test('S5: a name is one unit in each node group; without a group, it finds the only one', async () => {
    const { says, counters } = await step(4);
    await says({ instanceName: 'w1', nodeGroupId: 'masters' });
    await says({ instanceName: 'w1', ...failed });
    expect(await counters()).toEqual([0, 1, 4, 'FAILED']);
    await says({ instanceName: 'w1', nodeGroupId: 'workers' });
    await says({ instanceName: 'w1', nodeGroupId: 'masters' });
    expect(await counters()).toEqual([2, 0, 4, 'RUNNING']);
    await says({ instanceName: 'w1' });
    expect(await counters()).toEqual([3, 0, 4, 'RUNNING']);
  });

  test('S5: two ids of one name are two units', async () => {
    const { says, counters } = await step(3);
    await says({ instanceName: 'w1', instanceId: 'i-1', ...failed });
    await says({ instanceName: 'w1', instanceId: 'i-2' });
    expect(await counters()).toEqual([1, 1, 3, 'FAILED']);
  });
});

describe('S5a: reports of no instance', () => {
  test.each([[1], [null]])('S5a: of a total of %s, they speak of the step as its one unit', async (total) => {
    const { says, counters } = await step(total);
    await says(failed);
    await says(failed);
    expect(await counters()).toEqual([0, 1, total, 'FAILED']);
    await says({});
    expect(await counters()).toEqual([1, 0, total, total === 1 ? 'SUCCEEDED' : 'RUNNING']);
  });

  test('S5a: of a larger total, each success is a unit, and failures are one, which takes no unit’s place', async () => {
    const { says, stepId, counters } = await step(2);
    await says(failed);
    await says({});
    await says(failed);
    expect(await counters()).toEqual([1, 1, 2, 'FAILED']);
    await says({});
    expect(await counters()).toEqual([2, 1, 2, 'FAILED']);
    expect(await on.finishStep({ stepId, successful: true })).toMatchObject({ state: 'SUCCEEDED', failed: 0 });
  });

  test('S5a: a step that was given up, and whose units then went well, is finished well', async () => {
    const { says, stepId, counters } = await step(2);
    await says({ instanceName: 'a' });
    await on.finishStep({ stepId, successful: false });
    await says({ instanceName: 'b' });
    expect(await counters()).toEqual([2, 1, 2, 'FAILED']);
    expect(await on.finishStep({ stepId, successful: true })).toMatchObject({ state: 'SUCCEEDED', failed: 0 });
  });

  test('S5a, O3: finishStep as failed, said twice, counts and is logged once', async () => {
    const { clusterId, stepId } = await step(2);
    const input = { stepId, successful: false, eventInfo: 'no quota' };
    const first = await on.finishStep(input);
    const { revision } = await on.cluster(clusterId);
    expect(await on.finishStep(input)).toEqual(first);
    expect(await on.cluster(clusterId)).toMatchObject({ revision });
    expect(await on.events(clusterId)).toHaveLength(1);
  });

  test('S5a, S8: finishStep as failed for another reason counts once, and both reasons are in the log', async () => {
    const { clusterId, stepId, counters } = await step(2);
    for (const eventInfo of ['no quota', 'no image', 'no quota', 'no image'])
      await on.finishStep({ stepId, successful: false, eventInfo });
    expect(await counters()).toEqual([0, 1, 2, 'FAILED']);
    expect((await on.events(clusterId)).map(({ eventInfo }) => eventInfo)).toEqual(['no quota', 'no image']);
  });

  test('S5a: a failure of no instance, reported while the total was unknown, stands until the step is finished well', async () => {
    const { says, stepId, counters } = await step(null);
    await says(failed);
    await on.startStep(stepId, 2);
    expect(await counters()).toEqual([0, 1, 2, 'FAILED']);
    await says({ instanceId: 'i-1' });
    await says({ instanceId: 'i-2' });
    expect(await counters()).toEqual([2, 1, 2, 'FAILED']);
    expect(await on.finishStep({ stepId, successful: true })).toMatchObject({ state: 'SUCCEEDED', failed: 0 });
  });
});

describe('S5b: replacements', () => {
  test('S5b: an instance that stands in for a failed one', async () => {
    const { says, counters } = await step(3);
    await says({ instanceId: 'i-1' });
    await says({ instanceId: 'i-2' });
    await says({ instanceId: 'i-3', ...failed });
    expect(await counters()).toEqual([2, 1, 3, 'FAILED']);
    await says({ instanceId: 'i-4', replacesInstanceId: 'i-3' });
    expect(await counters()).toEqual([3, 0, 3, 'SUCCEEDED']);
  });

  test('S5b: replaced and back from the dead, a unit does not count, and is in the log', async () => {
    const { clusterId, says, counters } = await step(2);
    await says({ instanceId: 'i-1', ...failed });
    await says({ instanceId: 'i-2', replacesInstanceId: 'i-1' });
    const before = await counters();
    const { results } = await report(on.url, [
      event((await on.step(clusterId)).id, { instanceId: 'i-1' }),
      event((await on.step(clusterId)).id, { instanceId: 'i-1', ...failed }),
    ]);
    expect(results).toMatchObject(Array(2).fill({ outcome: 'LATE', code: 'CONFLICT' }));
    expect(results[0]?.reason).toMatch(/"i-1" .* which was replaced/);
    expect(await counters()).toEqual(before);
    expect(await on.events(clusterId)).toMatchObject([{}, {}, { late: true }, { late: true }]);
  });

  test('S5b: one that replaces what replaced another', async () => {
    const { says, counters } = await step(1);
    await says({ instanceId: 'i-1', ...failed });
    await says({ instanceId: 'i-2', replacesInstanceId: 'i-1', ...failed });
    expect(await counters()).toEqual([0, 1, 1, 'FAILED']);
    await says({ instanceId: 'i-3', replacesInstanceId: 'i-2' });
    expect(await counters()).toEqual([1, 0, 1, 'SUCCEEDED']);
  });

  test('S5b: an instance that never reported here may be replaced, and does not count when it does', async () => {
    const { says, counters } = await step(2);
    expect(await says({ instanceId: 'i-2', replacesInstanceId: 'i-1' })).toEqual(['RECORDED']);
    expect(await says({ instanceId: 'i-1', ...failed })).toEqual(['CONFLICT']);
    expect(await counters()).toEqual([1, 0, 2, 'RUNNING']);
  });

  test('S5b: an instance is replaced in the step that says so, and counts in others as it did', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'one', total: 2 }, { stepName: 'two', total: 2 });
    const [one, two] = stepIds as [string, string];
    await on.outcomes(event(one, { instanceId: 'i-1' }), event(one, { instanceId: 'i-2' }));
    await on.outcomes(event(two, { instanceId: 'i-3', replacesInstanceId: 'i-1' }));
    expect(await on.step(clusterId, 0)).toMatchObject({ completed: 2, state: 'SUCCEEDED' });
    expect(await on.step(clusterId, 1)).toMatchObject({ completed: 1, failed: 0 });
  });

  test.each([
    ['itself', { instanceId: 'i-1' }],
    ['one of no instance', { instanceId: null }],
  ])('S5b: %s cannot replace an instance', async (words, over) => {
    const { stepId, counters } = await step(2);
    const { results } = await report(on.url, [event(stepId, { ...over, replacesInstanceId: 'i-1' })]);
    expect(results).toMatchObject([{ outcome: 'REJECTED', code: 'BAD_USER_INPUT' }]);
    expect(results[0]?.reason).toContain(`got ${words}`);
    expect(await counters()).toEqual([0, 0, 2, 'PENDING']);
  });
});

describe('S5b: the total corrected', () => {
  const update = (stepId: string, total: number) =>
    refusal(post(on.url, UpdateStepDocument, { input: { stepId, total } }));

  test('S5b: a step whose units are then all done succeeds', async () => {
    const { says, stepId } = await step(3);
    await says({ instanceId: 'i-1' });
    await says({ instanceId: 'i-2' });
    const updated = await on.updateStep(stepId, 2);
    expect(updated).toMatchObject({ total: 2, state: 'SUCCEEDED', completedAt: expect.any(String) });
    expect(await on.updateStep(stepId, 2)).toEqual(updated);
    expect(await update(stepId, 3)).toMatch(/^STEP_CLOSED/);
  });

  test('S5b: it is not below what has reported, and the refusal counts', async () => {
    const { says, stepId, counters } = await step(4);
    await says({ instanceId: 'i-1' });
    await says({ instanceId: 'i-2' });
    await says({ instanceId: 'i-3', ...failed });
    expect(await update(stepId, 2)).toMatch(
      /^CONFLICT: expected a total of at least the 3 units that .* has reports of \(2 done, 1 failed\), got 2$/,
    );
    expect(await counters()).toEqual([2, 1, 4, 'FAILED']);
    expect(await on.updateStep(stepId, 3)).toMatchObject({ total: 3, state: 'FAILED' });
  });

  test('S5b: the step’s own failure is none that has reported', async () => {
    const { stepId } = await step(4);
    await on.finishStep({ stepId, successful: false });
    expect(await on.updateStep(stepId, 0)).toMatchObject({ total: 0, failed: 1, state: 'FAILED' });
    expect(await on.finishStep({ stepId, successful: true })).toMatchObject({ state: 'SUCCEEDED', failed: 0 });
  });

  test('S5b: a larger one makes room for what was refused', async () => {
    const { says, stepId, counters } = await step(1);
    await says({ instanceId: 'i-1', ...failed });
    expect(await says({ instanceId: 'i-2' })).toEqual(['TOTAL_EXCEEDED']);
    await on.updateStep(stepId, 2);
    expect(await says({ instanceId: 'i-2' })).toEqual(['RECORDED']);
    expect(await counters()).toEqual([1, 1, 2, 'FAILED']);
  });

  test('S4, S5b: a planned step corrected to no units is done when its turn comes', async () => {
    const { clusterId, stepIds } = await on.running(
      { stepName: 'one', total: 1 },
      { stepName: 'two', total: 5 },
      'three',
    );
    const [one, two] = stepIds as [string, string];
    expect(await on.updateStep(two, 0)).toMatchObject({ total: 0, state: 'PENDING' });
    await on.outcomes(event(one));
    expect(await on.step(clusterId, 1)).toMatchObject({ state: 'SUCCEEDED', duration: 0 });
  });
});

describe('S4: steps that start', () => {
  test('S4: finishStep starts the next step, whatever its total', async () => {
    const { stepIds } = await on.running('one', { stepName: 'two', total: 0 }, { stepName: 'three', total: 2 });
    const [one, , three] = stepIds as [string, string, string];
    expect(await on.finishStep({ stepId: one, successful: true })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await on.finishStep({ stepId: three, successful: false })).toMatchObject({
      state: 'FAILED',
      startedAt: expect.any(String),
    });
  });

  test('S4: a plan that begins with steps of no units begins with those done', async () => {
    const { clusterId } = await on.running({ stepName: 'one', total: 0 }, { stepName: 'two', total: 0 }, 'three');
    const { provisioningProgress } = await on.cluster(clusterId);
    expect(provisioningProgress.map(({ state }) => state)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'PENDING']);
  });

  test('S4: a step of no units behind a failed one is done, too, and keeps it from nothing', async () => {
    const { clusterId, stepIds } = await on.running(
      { stepName: 'one', total: 2 },
      { stepName: 'two', total: 0 },
      'three',
    );
    const one = present(stepIds[0]);
    await on.outcomes(event(one, { instanceId: 'a', ...failed }));
    expect(await on.step(clusterId, 1)).toMatchObject({ state: 'SUCCEEDED' });
    await on.outcomes(event(one, { instanceId: 'a' }));
    expect(await on.step(clusterId, 0)).toMatchObject({ state: 'RUNNING', completed: 1 });
  });

  test('S10: a step with a failed unit is not finished well, and stays as it was', async () => {
    const { stepIds } = await on.running({ stepName: 'one', total: 1 });
    const stepId = only(stepIds);
    await on.outcomes(event(stepId, failed));
    const input = { stepId, successful: true };
    expect(await refusal(post(on.url, FinishStepDocument, { input }))).toMatch(/^CONFLICT: 1 of 1 units stand failed/);
  });
});
