import { expect, test } from 'vitest';
import { StepcastError } from '../../src/client/index.js';
import { createClient, ending, reportInstances, restartable, runningStep, takeUntil, untilStatus } from './fixture.js';
import { pipe } from './pipe.js';

test('W1, W2: a state is followed through a restart of the server, without holes or repeats, and says how fresh it is', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId, stepId } = await runningStep(client, 20);
  const following = ending(client.followProgress({ clusterId }));
  const statuses: string[] = [following.state.status];
  following.onState(({ status }) => statuses.push(status));
  const completed = (wanted: number) => takeUntil(following, ({ steps }) => steps[0]?.completed === wanted);

  await reportInstances(client, stepId, 0, 10);
  const before = await completed(10);
  await server.stop();
  await untilStatus(following, 'stale');
  await server.start();
  await reportInstances(client, stepId, 10, 10);
  const after = await completed(20);

  const revisions = [...before, ...after].map(({ revision }) => revision);
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  expect(after.at(-1)).toMatchObject({ operations: [{ state: 'SUCCEEDED' }], steps: [{ state: 'SUCCEEDED' }] });
  expect(statuses).toEqual(['connecting', 'catching-up', 'live', 'stale', 'catching-up', 'live']);
});

test('W4: the log is followed through a restart of the server, every event once and in order', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId, stepId } = await runningStep(client, 1000);
  const following = ending(client.followEvents({ clusterId }));
  const ids: string[] = [];
  const reported: string[] = [];
  const readAll = () =>
    takeUntil(following, ({ events }) => ids.push(...events.map(({ id }) => id)) >= reported.length);

  reported.push(...(await reportInstances(client, stepId, 0, 300)));
  await readAll();
  await server.stop();
  await untilStatus(following, 'stale');
  await server.start();
  reported.push(...(await reportInstances(client, stepId, 300, 300)));
  await readAll();
  expect(ids).toEqual(reported);
});

test('W4: a consumer too slow for the log loses nothing: the log is let go and resumed', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId, stepId } = await runningStep(client, 3000);
  const following = ending(client.followEvents({ clusterId }));
  await untilStatus(following, 'live');
  const paused = untilStatus(following, 'catching-up');

  const reported: string[] = [];
  for (const from of [0, 1000, 2000]) reported.push(...(await reportInstances(client, stepId, from, 1000)));
  await paused;
  const ids: string[] = [];
  await takeUntil(following, ({ events }) => ids.push(...events.map(({ id }) => id)) >= reported.length);
  expect(ids).toEqual(reported);
  expect(following.state.status).toBe('live');
});

test('a consumer that was busy is given the newest state at once, not those in between', async () => {
  const server = await restartable({ progressIntervalMs: 0 });
  const client = createClient({ url: server.url });
  const { clusterId, stepId } = await runningStep(client, 50);
  const busy = ending(client.followProgress({ clusterId }));
  const watching = ending(client.followEvents({ clusterId }));
  await takeUntil(busy, () => true);

  for (let from = 0; from < 50; from++) await reportInstances(client, stepId, from, 1);
  const seen: string[] = [];
  await takeUntil(watching, ({ events }) => seen.push(...events.map(({ id }) => id)) >= 50);
  const states = await takeUntil(busy, ({ steps }) => steps[0]?.completed === 50);
  // Whatever was still on its way comes after; all that had come is one state.
  expect(states.length).toBeLessThan(10);
});

test('a connection that went dead without a word is noticed, given up, and made anew', async () => {
  const server = await restartable();
  const direct = createClient({ url: server.url });
  const { clusterId, stepId } = await runningStep(direct, 1);
  const wire = await pipe(server.url);
  const following = ending(createClient({ url: wire.url }).followProgress({ clusterId }));
  await takeUntil(following, () => true);

  const before = new Date();
  wire.die();
  await reportInstances(direct, stepId, 0, 1);
  await untilStatus(following, 'stale');
  expect(following.state.since.getTime()).toBeLessThanOrEqual(before.getTime() + 1);
  wire.revive();
  await takeUntil(following, ({ steps }) => steps[0]?.completed === 1);
});

test('leaving ends a waiting iteration at once, and what follows is done', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId } = await runningStep(client, 1);
  const following = client.followEvents({ clusterId });
  const waiting = following.next();
  await following.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await following.next()).toEqual({ done: true, value: undefined });
});

test('leaving while the server is away leaves nothing behind', async () => {
  const server = await restartable();
  await server.stop();
  const client = createClient({ url: server.url });
  const following = client.followChanges();
  const waiting = following.next();
  await following.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(following.state.status).toBe('connecting');
});

test('W9: following an unknown cluster throws NOT_FOUND, once', async () => {
  const server = await restartable();
  const following = createClient({ url: server.url }).followProgress({ clusterId: crypto.randomUUID() });
  const error = await following.next().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(StepcastError);
  expect(error).toMatchObject({ code: 'NOT_FOUND', retryable: false });
  expect(await following.next()).toEqual({ done: true, value: undefined });
});

test('W7: deleting a cluster gives its followers the last state, then the iteration is done', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId } = await runningStep(client, 2);
  const following = client.followProgress({ clusterId });
  await takeUntil(following, () => true);
  await client.deleteCluster({ id: clusterId });
  const states = [];
  for await (const state of following) states.push(state);
  expect(states.at(-1)?.operations).toMatchObject([{ state: 'INTERRUPTED' }]);
});

test('changes of clusters say when the list must be read anew: at first, and after a reconnect', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const following = ending(client.followChanges());
  expect((await following.next()).value).toEqual({ clusters: [], removed: [], reset: true });

  const name = 'seen';
  const changed = takeUntil(following, ({ clusters }) => clusters.some((cluster) => cluster.name === name));
  await reportUntil(changed, () => client.createCluster({ name }));
  await server.stop();
  await untilStatus(following, 'stale');
  await server.start();
  expect((await takeUntil(following, ({ reset }) => reset)).length).toBeGreaterThan(0);
});

/** Does something again until it was noticed: nothing says when the server has begun to look. */
async function reportUntil(noticed: Promise<unknown>, act: () => Promise<unknown>): Promise<void> {
  let done = false;
  const finished = noticed.finally(() => {
    done = true;
  });
  while (!done) await act();
  await finished;
}

test('a fresh token is asked for with every connection', async () => {
  const server = await restartable();
  let asked = 0;
  const client = createClient({ url: server.url, token: async () => `token-${++asked}` });
  const following = ending(client.followChanges());
  await untilStatus(following, 'live');
  const first = asked;
  await server.stop();
  await untilStatus(following, 'stale');
  await server.start();
  await untilStatus(following, 'live');
  expect(asked).toBeGreaterThan(first);
});
