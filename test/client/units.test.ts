import { expect, test } from 'vitest';
import { type Client, type UnitPicture, unitStates } from '../../src/client/index.js';
import { createClient, ending, reportInstances, restartable, runningStep, takeUntil, untilStatus } from './fixture.js';

/** By name, the state of each unit that is there. */
const held = ({ units, states }: UnitPicture) =>
  Object.fromEntries(
    units.flatMap((unit, index) => (unit ? [[unit.instanceId ?? unit.instanceName, states[index]]] : [])),
  );

const fail = (client: Client, stepId: string, instanceId: string, more: object = {}) =>
  client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: false, instanceId, ...more }] });

test('W12: a picture of the units is followed: first whole, then what has changed', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { stepId } = await runningStep(client, 10);
  await reportInstances(client, stepId, 0, 2);
  const following = ending(client.followUnits({ stepId }));
  const { value: first } = await following.next();
  expect([held(first), first.changed]).toEqual([{ 'instance-0': 1, 'instance-1': 1 }, null]);
  expect(following.state.status).toBe('live');

  await fail(client, stepId, 'instance-1');
  const { value: second } = await following.next();
  expect([held(second), second.changed]).toEqual([{ 'instance-0': 1, 'instance-1': unitStates.FAILED }, [1]]);
  await fail(client, stepId, 'instance-2', { replacesInstanceId: 'instance-0' });
  const { value: third } = await following.next();
  expect([held(third), third.changed?.toSorted()]).toEqual([
    { 'instance-0': 3, 'instance-1': 2, 'instance-2': 2 },
    [0, 2],
  ]);
  // What a consumer was given is its own.
  expect([held(first), held(second), first.units === second.units]).toEqual([
    { 'instance-0': 1, 'instance-1': 1 },
    { 'instance-0': 1, 'instance-1': 2 },
    true,
  ]);
});

test('W12: a slow consumer gets one later picture, which says all that has changed', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { stepId } = await runningStep(client, 10);
  const following = ending(client.followUnits({ stepId }));
  await following.next();
  await untilStatus(following, 'live');
  const others = ending(client.followUnits({ stepId }));
  for (const n of [0, 1, 2]) await fail(client, stepId, `i-${n}`);
  await reportInstances(client, stepId, 0, 1);
  await takeUntil(others, ({ units }) => units.length === 4);
  const pictures = await takeUntil(following, ({ units }) => units.length === 4);
  expect(pictures.flatMap(({ changed }) => changed).toSorted()).toEqual([0, 1, 2, 3]);
});

test('W12: more units than a message holds come as one picture, and again after a restart of the server', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { stepId } = await runningStep(client, 3000);
  for (const from of [0, 1000]) await reportInstances(client, stepId, from, 1000);
  const following = ending(client.followUnits({ stepId }));
  const { value: first } = await following.next();
  expect([first.units.length, first.states.length, first.changed]).toEqual([2000, 2000, null]);
  await server.stop();
  await untilStatus(following, 'stale');
  await server.start();
  await reportInstances(client, stepId, 2000, 1000);
  const last = (await takeUntil(following, ({ units }) => units.length === 3000)).at(-1) as UnitPicture;
  expect(Object.keys(held(last))).toHaveLength(3000);
  expect(last.states.every((state) => state === unitStates.SUCCEEDED)).toBe(true);
});

test('W9: what cannot be followed is said', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  await expect(client.followUnits({ stepId: 'none' }).next()).rejects.toThrow('expected the id of a step');
});
