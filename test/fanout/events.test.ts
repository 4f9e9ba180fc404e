import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import { beginning } from '../../src/fanout/position.js';
import {
  type Fixture,
  fakePoll,
  fixture,
  holdBack,
  type Read,
  read,
  report,
  runningStep,
  type Server,
  tenantId,
  whole,
} from './fixture.js';
import { TestSink } from './sink.js';

interface Batch {
  events: { id: string; revision: number; successful: boolean; provisionStepId: string }[];
  seen: number;
  reset: boolean;
}

let on: Fixture;
let here: Server;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** A server of the test's own, and how it pages from the database. */
function begin() {
  [here] = on.servers(1) as [Server];
  const eventPage = vi.spyOn(on.store, 'eventPage').mockClear();
  return { here, eventPage };
}

const idsOf = ({ sink }: Read<Batch>) => sink.messages.flatMap(({ events }) => events.map(({ id }) => id));
const until = ({ sink }: Read<Batch>, events: number) =>
  sink.until(({ messages }) => messages.reduce((sum, batch) => sum + batch.events.length, 0) >= events);

test('W4: every event comes in order, once; from memory for those who keep up', async () => {
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 2_000);
  const reader = read<Batch>(await here.hub.events(ref, {}, beginning));
  await reader.sink.until(({ messages }) => messages.length === 1);
  expect(eventPage).toHaveBeenCalledTimes(1);
  const sent: string[] = [];
  for (const count of [1, 30, 1_200]) {
    sent.push(...(await report(here, stepId, sent.length, count)));
    await until(reader, sent.length);
  }
  expect(idsOf(reader)).toEqual(sent);
  expect(reader.sink.messages.some(({ reset }) => reset)).toBe(false);
  expect(eventPage).toHaveBeenCalledTimes(1);
});

test('W4: from the beginning, or a cursor, it pages from the database, one read for all who stand at one place', async () => {
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 3_000);
  const sent = await report(here, stepId, 0, 2_700);
  const readers = await Promise.all(
    Array.from({ length: 10 }, async () => read<Batch>(await here.hub.events(ref, {}, beginning))),
  );
  for (const reader of readers) {
    await until(reader, 2_700);
    expect(idsOf(reader)).toEqual(sent);
  }
  expect(readers[0]?.sink.messages.map(({ events }) => events.length)).toEqual([500, 500, 500, 500, 500, 200]);
  // Two pages, then the four that the buffer has room for, however many readers there are.
  expect(eventPage).toHaveBeenCalledTimes(6);

  const cursor = readers[0]?.sink.messages[0]?.seen as number;
  const resumed = read<Batch>(await here.hub.events(ref, {}, { seen: cursor }));
  await until(resumed, 2_200);
  expect(idsOf(resumed)).toEqual(sent.slice(500));
  expect(resumed.sink.messages.some(({ reset }) => reset)).toBe(false);
});

test('W4: readers who come back at once, each to a place of its own, cost two reads together', async () => {
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 2_000);
  const sent = await report(here, stepId, 0, 50);
  const following = await here.hub.events(ref, {}, beginning);
  const first = read<Batch>(following);
  await until(first, 50);
  const head = first.sink.messages.at(-1)?.seen as number;
  first.stop();
  eventPage.mockClear();
  const places = Array.from({ length: 50 }, (_, index) => index + 1);
  await Promise.all(
    places.map(async (missed) => {
      const reader = read<Batch>(await here.hub.events(ref, {}, { seen: head - missed }));
      await until(reader, missed);
      expect(idsOf(reader)).toEqual(sent.slice(-missed));
    }),
  );
  expect(eventPage.mock.calls.length).toBeGreaterThan(0);
  expect(eventPage.mock.calls.length).toBeLessThanOrEqual(2);
});

test('W4, W5: a slow reader has no queue: it gets what it missed from the database, then from memory', async () => {
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 20_000);
  const reader = read<Batch>(await here.hub.events(ref, {}, beginning));
  await reader.sink.until(({ messages }) => messages.length === 1);
  reader.sink.ready = false;
  eventPage.mockClear();
  const sent = await report(here, stepId, 0, 6_000);
  expect([idsOf(reader), eventPage.mock.calls.length]).toEqual([[], 0]);
  reader.sink.wake(reader.reader);
  await until(reader, sent.length);
  expect(idsOf(reader)).toEqual(sent);
  const batches = reader.sink.messages.length - 1;
  expect(eventPage.mock.calls.length).toBeGreaterThan(0);
  expect(eventPage.mock.calls.length).toBeLessThan(batches);
});

test('W4: of one step, or of failures only; what concerns no reader is not sent', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 100);
  const all = read<Batch>(await here.hub.events(ref, {}, beginning));
  const ofStep = read<Batch>(await here.hub.events(ref, { stepId }, beginning));
  const failures = read<Batch>(await here.hub.events(ref, { successful: false }, beginning));
  const good = await report(here, stepId, 0, 5);
  const bad = await report(here, stepId, 5, 2, false);
  await until(all, 7);
  await until(ofStep, 7);
  await until(failures, 2);
  expect([idsOf(all), idsOf(ofStep), idsOf(failures)]).toEqual([[...good, ...bad], [...good, ...bad], bad]);
  expect(failures.sink.messages.slice(1).every(({ events }) => events.length > 0)).toBe(true);
});

test('W4: where events after the cursor were erased, it says so once, and goes on', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 20);
  await report(here, stepId, 0, 10);
  const before = read<Batch>(await here.hub.events(ref, {}, beginning));
  await until(before, 10);
  const cursor = before.sink.messages.at(-1)?.seen as number;
  before.stop();
  await report(here, stepId, 10, 10);
  expect(await on.store.eraseRedundant(0, 1_000)).toBe(20);
  const [, next] = (await on.store.stepsOfClusters(tenantId, [ref.id]))[0] ?? [];
  const later = await report(here, next?.id ?? '', 0, 3);

  const resumed = read<Batch>(await here.hub.events(ref, {}, { seen: cursor }));
  await until(resumed, 3);
  expect(idsOf(resumed)).toEqual(later);
  const more = await report(here, next?.id ?? '', 3, 1);
  await until(resumed, 4);
  expect(idsOf(resumed)).toEqual([...later, ...more]);
  expect(resumed.sink.messages.map(({ reset }) => reset)).toEqual([true, false]);

  const fromStart = read<Batch>(await here.hub.events(ref, {}, beginning));
  await until(fromStart, 4);
  expect(fromStart.sink.messages.some(({ reset }) => reset)).toBe(false);
});

test('W4: a cursor newer than the log starts over, and says so', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 20);
  const sent = await report(here, stepId, 0, 3);
  const reader = read<Batch>(await here.hub.events(ref, {}, { seen: 1_000_000 }));
  await until(reader, 3);
  expect(idsOf(reader)).toEqual(sent);
  expect(reader.sink.messages[0]?.reset).toBe(true);
});

test('a database that is away for a while costs a reader nothing but time', async () => {
  const clock = fakePoll();
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 20);
  const sent = await report(here, stepId, 0, 3);
  eventPage.mockRejectedValueOnce(new Fault('UNAVAILABLE', 'the database is away'));
  const reader = read<Batch>(await here.hub.events(ref, {}, beginning));
  await expect(eventPage.mock.results[0]?.value).rejects.toThrow('away');
  expect([reader.sink.messages, reader.sink.failure]).toEqual([[], undefined]);
  clock.poll();
  await until(reader, 3);
  expect(idsOf(reader)).toEqual(sent);
});

test('W7: the log of a cluster that is deleted is told to its end, on every server, however far behind a reader is', async () => {
  const [here, there] = on.servers(2) as [Server, Server];
  const { ref, stepId } = await runningStep(here, 5_000);
  const live = read<Batch>(await there.hub.events(ref, {}, beginning));
  await live.sink.until(({ messages }) => messages.length === 1);
  const sent = await report(here, stepId, 0, 3_000);
  const slow = new TestSink<Batch>();
  const behind = read<Batch>(await here.hub.events(ref, {}, beginning), slow);
  await slow.until(({ messages }) => messages.length === 1);
  slow.ready = false;
  await here.recorder.deleteCluster(tenantId, ref);
  slow.wake(behind.reader);
  for (const reader of [live, behind]) {
    await reader.sink.until(({ completed }) => completed);
    const ids = idsOf(reader);
    expect(ids.slice(0, -1)).toEqual(sent);
    // S11: what ended the step that ran.
    expect(reader.sink.messages.at(-1)?.events.at(-1)).toMatchObject({ successful: false });
  }
});

test('O7, W4: an interruption that proved wrong is sent once, and is marked for who resumes, from memory and from the database', async () => {
  const [here, there, fresh] = on.servers(3) as [Server, Server, Server];
  const { ref, stepId } = await runningStep(here, 10);
  await report(here, stepId, 0, 1);
  const operationId = (await on.store.clusterState(tenantId, ref.id, 1))?.operations[0]?.id as string;
  const live = await Promise.all(
    [here, there].map(async ({ hub }) => read<Batch>(await hub.events(ref, {}, { last: 0 }))),
  );
  const states = await Promise.all(
    [here, there].map(async ({ hub }) => read<{ operations: { state: string }[] }>(await hub.progress(ref, whole))),
  );
  const reached = (state: string) =>
    Promise.all(
      states.map(({ sink }) => sink.until(({ messages }) => messages.at(-1)?.operations.at(-1)?.state === state)),
    );
  await here.recorder.interrupt({ tenantId, id: operationId }, 'LEASE', () => 'no report came');
  await reached('INTERRUPTED');
  for (const reader of live) await until(reader, 1);
  const cursor = live[0]?.sink.messages.find(({ events }) => events.length === 0)?.seen as number;
  await here.recorder.heartbeat(tenantId, { operationId });
  await reached('RUNNING');
  await report(here, stepId, 1, 1);
  for (const reader of live) {
    await until(reader, 2);
    const sent = reader.sink.messages.flatMap(({ events }) => events);
    expect(sent).toMatchObject([{ successful: false, withdrawn: false }, { successful: true }]);
  }
  for (const { hub } of [here, there, fresh]) {
    const resumed = read<Batch>(await hub.events(ref, {}, { seen: cursor }));
    await until(resumed, 2);
    const [interruption] = resumed.sink.messages.flatMap(({ events }) => events);
    expect(interruption).toMatchObject({ successful: false, withdrawn: true });
  }
});

test('who leaves while a log is opened causes no further read, and nothing is followed for it', async () => {
  const [here, there] = on.servers(2) as [Server, Server];
  const { ref, stepId } = await runningStep(here, 10);
  const reads = vi.spyOn(on.store, 'revisionOfLast').mockClear();
  const steps = vi.spyOn(on.store, 'steps').mockClear();
  const state = holdBack(on.store, 'clusterState');
  const leaving = new AbortController();
  const opening = there.hub.events(ref, { stepId }, { last: 5 }, leaving.signal);
  await state.found;
  leaving.abort();
  state.letGo();
  await expect(opening).rejects.toBe(leaving.signal.reason);
  expect([reads.mock.calls.length, steps.mock.calls.length, there.hub.size]).toEqual([0, 0, 0]);
});

test('W4: long texts make short messages, from memory and from the database', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 5_000);
  const traceback = 'x'.repeat(60_000);
  const wordy = Array.from({ length: 40 }, () => ({
    id: randomUUID(),
    stepId,
    successful: false,
    eventInfo: traceback,
  }));
  const keepingUp = read<Batch>(await here.hub.events(ref, {}, beginning));
  await keepingUp.sink.until(({ messages }) => messages.length === 1);
  await here.recorder.reportEvents(tenantId, { events: wordy.map((event) => ({ ...event, instanceId: event.id })) });
  const far = await report(here, stepId, 0, 4_500);
  const fromStore = read<Batch>(await here.hub.events(ref, { successful: false }, beginning));
  await until(fromStore, wordy.length);
  await until(keepingUp, wordy.length + far.length);
  expect(idsOf(fromStore)).toEqual(wordy.map(({ id }) => id));
  expect(idsOf(keepingUp)).toEqual([...wordy.map(({ id }) => id), ...far]);
  for (const { bodies } of [keepingUp.sink, fromStore.sink])
    expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThan(700_000);
});

test('W4: a full message says that more follows, the last says that there is no more, though it be empty', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 5_000);
  await report(here, stepId, 0, 3, false);
  await report(here, stepId, 3, 1_000);
  const all = read<Batch & { more: boolean }>(await here.hub.events(ref, {}, beginning));
  const good = read<Batch & { more: boolean }>(await here.hub.events(ref, { successful: true }, beginning));
  const bad = read<Batch & { more: boolean }>(await here.hub.events(ref, { successful: false }, beginning));
  await report(here, stepId, 1_003, 500);
  await report(here, stepId, 1_503, 1, false);
  for (const { sink } of [all, good, bad]) await sink.until(({ messages }) => messages.at(-1)?.more === false);
  await until(all, 1_504);
  await until(good, 1_500);
  await until(bad, 4);
  expect([all, good, bad].map(({ sink }) => sink.messages[0]?.more)).toEqual([true, true, false]);
  for (const { sink } of [all, good, bad]) {
    for (const [index, { events, more }] of sink.messages.entries()) {
      if (more) expect(sink.messages[index + 1]).toBeDefined();
      if (events.length === 0 && index > 0) expect(sink.messages[index - 1]?.more).toBe(true);
    }
  }
});
