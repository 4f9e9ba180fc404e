import { describe, expect, onTestFinished, test } from 'vitest';
import { ClusterChangesDocument, ClusterProgressDocument, UpdateClusterDocument } from '../../src/generated/client.js';
import { progressCursors } from '../../src/graphql/cursors.js';
import { event, ok, open, report } from '../support/api.js';
import { startApp } from '../support/app.js';
import { only, refusal, server, verbs } from './fixture.js';
import { ended, ending, eventsOf, held, next, progressOf } from './follow.js';

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
    expect(second).toMatchObject({
      snapshot: false,
      operations: [{ id: operationId, state: 'RUNNING' }],
      steps: [{ id: stepId, completed: 1 }],
    });
    expect(second.steps).toHaveLength(1);
    await on.finishOperation({ operationId, successful: false });
    const third = await changed(live);
    expect(third.operations).toMatchObject([{ id: operationId, state: 'FAILED' }]);
    expect(held([first, second, third]).steps).toEqual((await on.cluster(clusterId)).provisioningProgress);
  });

  test('W1: an operation is in a message when anything of it changed, its progress included', async () => {
    const { clusterId, operationId, stepId } = await step(4);
    const live = progressOf(on.url, clusterId);
    expect((await changed(live)).operations).toMatchObject([{ id: operationId, progress: 0 }]);
    for (const progress of [0.125, 0.25]) {
      await report(on.url, [event(stepId)]);
      expect((await changed(live)).operations).toMatchObject([{ id: operationId, progress }]);
    }
  });

  test('W1: from 1 to 100 operations can be asked for', async () => {
    const { clusterId } = await step();
    const asked = (operations: number) =>
      ended(ending(open(on.url, ClusterProgressDocument, { clusterId, operations })));
    expect(await refusal(asked(0))).toBe(
      'BAD_USER_INPUT: expected operations to be a whole number from 1 to 100, got 0',
    );
    expect(await refusal(asked(101))).toBe('LIMIT_EXCEEDED: expected operations to be at most 100, got 101');
  });

  test('W1: with `after`, the first message is what changed since', async () => {
    const { clusterId, stepId } = await step();
    const { cursor } = await changed(progressOf(on.url, clusterId));
    await report(on.url, [event(stepId)]);
    const since = await changed(progressOf(on.url, clusterId, cursor));
    expect(since).toMatchObject({ snapshot: false, operations: [{}], steps: [{ id: stepId, completed: 1 }] });
    expect(await changed(progressOf(on.url, clusterId, since.cursor))).toMatchObject({ snapshot: false, steps: [] });
  });

  test('W1: an `after` that is unknown or too new starts over', async () => {
    const { clusterId } = await step();
    const { revision, cursor } = await changed(progressOf(on.url, clusterId));
    const { epoch } = progressCursors.read(cursor);
    const unknown = [revision + 1, 2_147_483_647, 0].map((place) => ({ epoch, revision: place }));
    for (const after of [...unknown, { epoch: 'another', revision }]) {
      const first = await changed(progressOf(on.url, clusterId, progressCursors.write(after)));
      expect([first.snapshot, first.revision, first.steps.length]).toEqual([true, revision, 2]);
    }
  });

  test('W1: an `after` that is no cursor of it is refused', async () => {
    const { clusterId } = await step();
    const { cursor } = (await next(eventsOf(on.url, clusterId))).clusterEvents;
    for (const after of ['', '7', 'garbage', cursor]) {
      expect(await refusal(ended(progressOf(on.url, clusterId, after)))).toBe(
        `BAD_USER_INPUT: expected after to be a cursor of messages of clusterProgress, got ${JSON.stringify(after)}`,
      );
    }
  });

  test('W1: a cursor of another history starts over, of the state and of the log, though it is not too new', async () => {
    const { clusterId, stepId } = await step();
    await report(on.url, [event(stepId)]);
    const state = await changed(progressOf(on.url, clusterId));
    const { cursor } = (await next(eventsOf(on.url, clusterId))).clusterEvents;
    await on.rows('UPDATE database_epoch SET id = gen_random_uuid()');
    const restored = await startApp({ databaseUrl: on.app.databaseUrl });
    onTestFinished(() => restored.close());
    await report(restored.url, [event(stepId)]);
    const again = await changed(progressOf(restored.url, clusterId, state.cursor));
    expect([again.snapshot, again.steps.length]).toEqual([true, 2]);
    const log = (await next(eventsOf(restored.url, clusterId, { after: cursor }))).clusterEvents;
    expect([log.reset, log.events.length]).toEqual([true, 2]);
  });
});

describe('W4: clusterEvents(last)', () => {
  const batch = async (live: ReturnType<typeof eventsOf>) => (await next(live)).clusterEvents;

  test('W4: it begins with the newest matching events, or with what comes next, and goes on', async () => {
    const { clusterId, stepId } = await step();
    const told = Array.from({ length: 6 }, (_, index) => event(stepId, { successful: index % 2 === 0 }));
    await report(on.url, told);
    const ids = told.map(({ id }) => id);
    const live = eventsOf(on.url, clusterId, { last: 2 });
    const cases = [
      [{ last: 0 }, []],
      [{ last: 4 }, ids.slice(2)],
      [{ last: 500 }, ids],
      [{ last: 2, successful: false }, [ids[3], ids[5]]],
      [{ last: 1, stepId }, ids.slice(5)],
    ] as const;
    for (const [wanted, expected] of cases) {
      const first = await batch(eventsOf(on.url, clusterId, wanted));
      expect([first.events.map(({ id }) => id), first.reset]).toEqual([expected, false]);
    }
    const first = await batch(live);
    expect(first.events.map(({ id }) => id)).toEqual(ids.slice(4));
    const later = event(stepId);
    await report(on.url, [later]);
    expect((await batch(live)).events.map(({ id }) => id)).toEqual([later.id]);
    expect((await batch(eventsOf(on.url, clusterId, { after: first.cursor }))).events).toMatchObject([
      { id: later.id },
    ]);
  });

  test('W4: `last` is 0 to 500, and not given with `after`', async () => {
    const { clusterId } = await step();
    const { cursor } = await batch(eventsOf(on.url, clusterId));
    const refused = (wanted: object) => refusal(ended(eventsOf(on.url, clusterId, wanted)));
    expect(await refused({ last: 1, after: cursor })).toBe('BAD_USER_INPUT: expected after or last, got both');
    expect(await refused({ last: -1 })).toBe(
      'BAD_USER_INPUT: expected last to be a whole number from 0 to 500, got -1',
    );
    expect(await refused({ last: 501 })).toBe('LIMIT_EXCEEDED: expected last to be at most 500, got 501');
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

test('W10: clusterChanges has an empty message at once, then the clusters that match, and the ids of those that do not', async () => {
  const { clusterId } = await step();
  const filter = { status: ['Active'] };
  const list = ending(open(on.url, ClusterChangesDocument, { filter }));
  const { clusterChanges: first } = await next(list);
  expect([first.clusters, first.removed]).toEqual([[], []]);
  const change = (status: string) => ok(on.url, UpdateClusterDocument, { input: { id: clusterId, status } });
  await change('Active');
  expect((await next(list)).clusterChanges).toMatchObject({
    clusters: [{ id: clusterId, status: 'Active' }],
    removed: [],
  });
  await change('Error');
  expect((await next(list)).clusterChanges).toMatchObject({ clusters: [], removed: [clusterId] });
});

test('every message of a stream says what time it is by the database’s clock', async () => {
  const { clusterId } = await step();
  const clock = async () => (await on.rows<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]?.now.getTime() ?? 0;
  const [state, log, list] = [
    progressOf(on.url, clusterId),
    eventsOf(on.url, clusterId),
    ending(open(on.url, ClusterChangesDocument)),
  ];
  const times = [
    (await next(state)).clusterProgress.serverTime,
    (await next(log)).clusterEvents.serverTime,
    (await next(list)).clusterChanges.serverTime,
  ];
  const now = await clock();
  for (const time of times) expect(Math.abs(Date.parse(time) - now)).toBeLessThan(60_000);
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
  const changes = await list.until(({ clusterChanges }) => clusterChanges.removed.length > 0);
  expect(changes.at(-1)?.clusterChanges.removed).toEqual([clusterId]);
});
