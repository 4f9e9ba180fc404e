import { describe, expect, test } from 'vitest';
import { StepUnitsDocument, UnitPictureDocument, type UnitPictureSubscription } from '../../src/generated/client.js';
import { event, ok, open, report } from '../support/api.js';
import { only, refusal, server } from './fixture.js';
import { ended, ending, eventsOf, next } from './follow.js';

type Message = UnitPictureSubscription['stepUnits'];

const on = server();

const unitsOf = (stepId: string, after: string | null = null) =>
  ending(open(on.url, UnitPictureDocument, { stepId, after }));
const message = async (live: ReturnType<typeof unitsOf>): Promise<Message> => (await next(live)).stepUnits;

async function step(total = 900) {
  const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total });
  return { clusterId, operationId, stepId: only(stepIds) };
}

/** Messages until nothing else has changed. */
async function all(live: ReturnType<typeof unitsOf>): Promise<Message[]> {
  const messages = [await message(live)];
  while (messages.at(-1)?.more) messages.push(await message(live));
  return messages;
}

describe('W12: stepUnits', () => {
  test('W12: the first message has all units with their states, later ones what has changed', async () => {
    const { stepId } = await step();
    await report(on.url, [
      event(stepId, { instanceId: 'i-1', instanceName: 'w1', nodeGroupId: 'workers' }),
      event(stepId, { instanceId: 'i-2', successful: false }),
    ]);
    const live = unitsOf(stepId);
    expect(await message(live)).toMatchObject({
      units: [
        { index: 0, key: 'i:i-1', nodeGroupId: 'workers', instanceId: 'i-1', instanceName: 'w1' },
        { index: 1, key: 'i:i-2', nodeGroupId: null, instanceId: 'i-2', instanceName: null },
      ],
      ...{ indexes: [0, 1], states: 'SF', size: 2, snapshot: true, more: false },
    });
    await report(on.url, [event(stepId, { instanceId: 'i-2' })]);
    expect(await message(live)).toMatchObject({ units: [], indexes: [1], states: 'S', size: 2, snapshot: false });
    await report(on.url, [event(stepId, { instanceId: 'i-3', replacesInstanceId: 'i-1' })]);
    const third = await message(live);
    expect(third.units).toMatchObject([{ index: 2, instanceId: 'i-3' }]);
    expect(third.indexes.map((index, i) => [index, third.states[i]]).sort()).toEqual([
      [0, 'R'],
      [2, 'S'],
    ]);
  });

  test('W12: a unit whose id is learnt late, or that turns out to be another, keeps its index; the other one has none any more', async () => {
    const { stepId } = await step();
    await report(on.url, [
      event(stepId, { instanceId: null, instanceName: 'w1', successful: false }),
      event(stepId, { instanceId: null, instanceName: 'w2' }),
      event(stepId, { instanceId: 'i-2' }),
    ]);
    const live = unitsOf(stepId);
    expect((await message(live)).units.map(({ key }) => key)).toEqual(['n:/w1', 'n:/w2', 'i:i-2']);
    await report(on.url, [event(stepId, { instanceId: 'i-1', instanceName: 'w1' })]);
    expect(await message(live)).toMatchObject({ units: [{ index: 0, key: 'i:i-1' }], indexes: [0], states: 'S' });
    await report(on.url, [event(stepId, { instanceId: 'i-2', instanceName: 'w2', successful: false })]);
    const merged = await message(live);
    expect(merged.units).toMatchObject([{ index: 2, key: 'i:i-2', instanceName: 'w2' }]);
    expect([merged.indexes, merged.states, merged.size]).toEqual([[1, 2], '-F', 3]);
  });

  test('W12: with `after`, the first message is what has changed since, as long as somebody follows the step', async () => {
    const { stepId } = await step();
    await report(on.url, [event(stepId, { instanceId: 'i-1' }), event(stepId, { instanceId: 'i-2' })]);
    const live = unitsOf(stepId);
    const { cursor } = await message(live);
    await report(on.url, [event(stepId, { instanceId: 'i-2', successful: false })]);
    expect(await message(unitsOf(stepId, cursor))).toMatchObject({
      units: [],
      indexes: [1],
      states: 'F',
      snapshot: false,
    });
    const { cursor: newest } = await message(live);
    expect(await message(unitsOf(stepId, newest))).toMatchObject({
      units: [],
      indexes: [],
      states: '',
      snapshot: false,
    });
    const other = await step();
    expect(await message(unitsOf(other.stepId, newest))).toMatchObject({ units: [], size: 0, snapshot: true });
  });

  test('W12: many units come in messages of 500, whose parts can be resumed from', async () => {
    const { stepId } = await step(1_200);
    const instances = Array.from({ length: 1_200 }, (_, i) =>
      event(stepId, { instanceId: `i-${i}`, successful: i % 3 > 0 }),
    );
    await report(on.url, instances.slice(0, 1_000));
    await report(on.url, instances.slice(1_000));
    const messages = await all(unitsOf(stepId));
    expect(messages.map(({ units, snapshot, more }) => [units.length, snapshot, more])).toEqual([
      [500, true, true],
      [500, false, true],
      [200, false, false],
    ]);
    const held = messages.flatMap(({ units }) => units);
    expect(held.map(({ index }) => index)).toEqual(Array.from({ length: 1_200 }, (_, i) => i));
    expect(
      messages
        .map(({ states }) => states)
        .join('')
        .match(/F/g),
    ).toHaveLength(400);

    const live = unitsOf(stepId);
    const { cursor } = await message(live);
    const rest = await all(unitsOf(stepId, cursor));
    expect(rest.map(({ units, snapshot }) => [units.length, snapshot])).toEqual([
      [500, false],
      [200, false],
    ]);
  });

  test('W12: it shows the units that the query shows', async () => {
    const { stepId } = await step();
    await report(on.url, [
      event(stepId, { instanceId: null, instanceName: 'w1', successful: false }),
      event(stepId, { instanceId: 'i-1', instanceName: 'w1', nodeGroupId: 'g' }),
      event(stepId, { instanceId: 'i-2', replacesInstanceId: 'i-1', successful: false }),
    ]);
    const { units, states } = await message(unitsOf(stepId));
    const { node } = await ok(on.url, StepUnitsDocument, { stepId });
    const nodes = node && 'units' in node ? (node.units?.nodes ?? []) : [];
    expect(units.map(({ key }, i) => [key, states[i]]).sort()).toEqual(
      nodes.map(({ key, state }) => [key, state[0]]).sort(),
    );
  });

  test('W7, W12: when the cluster is deleted, it completes', async () => {
    const { clusterId, stepId } = await step();
    const live = unitsOf(stepId);
    await message(live);
    await on.deleteCluster(clusterId);
    expect(await live.next().catch((error: unknown) => error)).toMatchObject({ errors: undefined });
    expect(await refusal(ended(unitsOf(stepId)))).toBe(
      `NOT_FOUND: expected the id of a step, got "${stepId}", which names none`,
    );
  });

  test('W9: a step that is not there, or whose id is none, is not found', async () => {
    for (const id of ['6f0ad8f4-3c5f-4d0b-8dc2-0f7fb1d3a7a1', 'none'])
      expect(await refusal(ended(unitsOf(id)))).toBe(
        `NOT_FOUND: expected the id of a step, got "${id}", which names none`,
      );
  });

  test('W12: an `after` that is no cursor of it is refused', async () => {
    const { clusterId, stepId } = await step();
    const { cursor } = (await next(eventsOf(on.url, clusterId))).clusterEvents;
    for (const after of ['', 'garbage', cursor])
      expect(await refusal(ended(unitsOf(stepId, after)))).toBe(
        `BAD_USER_INPUT: expected after to be a cursor of messages of stepUnits, got ${JSON.stringify(after)}`,
      );
  });
});
