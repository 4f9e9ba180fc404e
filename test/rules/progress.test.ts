import { describe, expect, onTestFinished, test } from 'vitest';
import { ClusterChangesDocument } from '../../src/generated/client.js';
import { event, open, report } from '../support/api.js';
import { startApp } from '../support/app.js';
import { only, server, verbs } from './fixture.js';
import { ending, eventsOf, held, next, progressOf } from './follow.js';

const on = server();

async function step(total = 900) {
  const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total }, 'two');
  return { clusterId, operationId, stepId: only(stepIds) };
}

const changed = async (live: ReturnType<typeof progressOf>) => (await next(live)).clusterProgress;

describe('W1: clusterProgress', () => {
  test('W1: the first message is the whole state, later ones are what changed', async () => {
    const { clusterId, operationId, stepId } = await step();
    const live = progressOf(on.url, clusterId);
    const first = await changed(live);
    const { provisioningProgress, currentOperation, revision } = await on.cluster(clusterId);
    expect(first).toMatchObject({ snapshot: true, revision, operations: [currentOperation] });
    expect(first.steps).toEqual(provisioningProgress);
    await report(on.url, [event(stepId)]);
    const second = await changed(live);
    expect(second).toMatchObject({ snapshot: false, operations: [], steps: [{ id: stepId, completed: 1 }] });
    expect(second.steps).toHaveLength(1);
    await on.finishOperation({ operationId, successful: false });
    const third = await changed(live);
    expect(third.operations).toMatchObject([{ id: operationId, state: 'FAILED' }]);
    expect(held([first, second, third]).steps).toEqual((await on.cluster(clusterId)).provisioningProgress);
  });

  test('W1: with `after`, the first message is what changed since', async () => {
    const { clusterId, stepId } = await step();
    const { revision } = await on.cluster(clusterId);
    await report(on.url, [event(stepId)]);
    const since = await changed(progressOf(on.url, clusterId, revision));
    expect(since).toMatchObject({ snapshot: false, operations: [], steps: [{ id: stepId, completed: 1 }] });
    expect(await changed(progressOf(on.url, clusterId, since.revision))).toMatchObject({ snapshot: false, steps: [] });
  });

  test('W1: an `after` that is unknown or too new starts over', async () => {
    const { clusterId } = await step();
    const { revision } = await on.cluster(clusterId);
    for (const after of [revision + 1, 2_147_483_647, 0, -1]) {
      const first = await changed(progressOf(on.url, clusterId, after));
      expect([first.snapshot, first.revision, first.steps.length]).toEqual([true, revision, 2]);
    }
  });
});

test('W2: between the snapshot and the first change nothing is lost and nothing comes twice', async () => {
  const { clusterId, stepId } = await step(60);
  const readers = Array.from({ length: 20 }, async () => {
    await report(on.url, [event(stepId), event(stepId), event(stepId)]);
    const progress = progressOf(on.url, clusterId);
    const log = eventsOf(on.url, clusterId);
    return {
      messages: await progress.until(({ clusterProgress: { steps } }) => steps.some((one) => one.completed === 60)),
      events: await upTo(log, 60),
    };
  });
  const recorded = (await Promise.all(readers)).map(({ messages, events }) => {
    const told = messages.map(({ clusterProgress }) => clusterProgress);
    const revisions = told.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    expect(told.map(({ snapshot }) => snapshot)).toEqual(told.map((_, index) => index === 0));
    return { held: held(told).steps, events };
  });
  const { provisioningProgress } = await on.cluster(clusterId);
  const log = (await on.events(clusterId)).map(({ id }) => id);
  for (const reader of recorded) expect(reader).toEqual({ held: provisioningProgress, events: log });
});

/** The ids of the events of a log, until so many have come. */
async function upTo(log: ReturnType<typeof eventsOf>, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(...(await next(log)).clusterEvents.events.map(({ id }) => id));
  return ids;
}

describe('W3: coalescing', () => {
  /** A reader of a step, told of its first report by a server with this interval. */
  async function toldOfFirst(progressIntervalMs: number) {
    const app = await startApp({ progressIntervalMs, databaseUrl: on.app.databaseUrl });
    onTestFinished(() => app.close());
    const { clusterId, stepId } = await step();
    const live = progressOf(app.url, clusterId);
    await live.next();
    const tell = () => report(app.url, [event(stepId)]);
    await tell();
    expect((await changed(live)).steps[0]?.completed).toBe(1);
    return { live, tell };
  }

  /** How many messages tell of 20 changes, made one after the other. */
  async function messagesOfTwenty({ live, tell }: Awaited<ReturnType<typeof toldOfFirst>>) {
    for (let told = 0; told < 20; told += 1) await tell();
    return (await live.until(({ clusterProgress }) => clusterProgress.steps[0]?.completed === 21)).length;
  }

  test('W3: the first change goes out at once, however long the interval', async () => {
    await toldOfFirst(3_600_000);
  });

  test('W3: later changes go out together, and the last state always', async () => {
    expect(await messagesOfTwenty(await toldOfFirst(2_000))).toBeLessThan(10);
  });

  test('W3: with an interval of 0 every change goes out', async () => {
    expect(await messagesOfTwenty(await toldOfFirst(0))).toBe(20);
  });
});

test('W6: a change made through any server reaches readers on every other', async () => {
  const other = await startApp({ databaseUrl: on.app.databaseUrl });
  onTestFinished(() => other.close());
  const there = verbs(() => other.url);
  const { clusterId, stepId } = await step();
  const streams = [on.url, other.url].map((url) => ({
    progress: progressOf(url, clusterId),
    log: eventsOf(url, clusterId),
  }));
  for (const { progress, log } of streams) await Promise.all([progress.next(), log.next()]);
  const told: string[] = [];
  for (const { outcomes } of [on, there, on, there]) {
    const said = event(stepId);
    told.push(said.id);
    expect(await outcomes(said)).toEqual(['RECORDED']);
  }
  for (const { progress, log } of streams) {
    await progress.until(({ clusterProgress }) => clusterProgress.steps[0]?.completed === 4);
    expect(await upTo(log, 4)).toEqual(told);
  }
});

test('W7: followers of a deleted cluster get its last state, then their streams complete', async () => {
  const { clusterId, stepId } = await step();
  await report(on.url, [event(stepId)]);
  const [progress, log] = [progressOf(on.url, clusterId), eventsOf(on.url, clusterId)];
  const list = ending(open(on.url, ClusterChangesDocument));
  await Promise.all([progress.next(), log.next()]);
  await on.deleteCluster(clusterId);
  const last = (await progress.rest()).at(-1)?.clusterProgress;
  expect(last?.operations).toMatchObject([{ state: 'INTERRUPTED' }]);
  expect(last?.steps.map(({ state }) => state)).toEqual(['FAILED', 'SKIPPED']);
  const logged = (await log.rest()).flatMap(({ clusterEvents }) => clusterEvents.events);
  expect(logged).toMatchObject([{ eventInfo: 'the cluster was deleted' }]);
  const changes = await list.until(({ clusterChanges }) => clusterChanges.deleted);
  expect(changes.at(-1)?.clusterChanges.cluster.id).toBe(clusterId);
});
