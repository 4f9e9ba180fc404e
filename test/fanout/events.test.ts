import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import {
  type Fixture,
  fakeNet,
  fixture,
  type Read,
  read,
  report,
  runningStep,
  type Server,
  tenantId,
} from './fixture.js';
import { TestPort } from './port.js';

interface Batch {
  events: { id: string; revision: number; successful: boolean; provisionStepId: string }[];
  position: number;
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

const idsOf = ({ port }: Read<Batch>) => port.messages.flatMap(({ events }) => events.map(({ id }) => id));
const until = ({ port }: Read<Batch>, events: number) =>
  port.until(({ messages }) => messages.reduce((sum, batch) => sum + batch.events.length, 0) >= events);

test('W4: every event comes in order, once; from memory for those who keep up', async () => {
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 2_000);
  const reader = read<Batch>(await here.hub.events(ref, {}, null));
  await reader.port.until(({ messages }) => messages.length === 1);
  expect(eventPage).toHaveBeenCalledTimes(1);
  const sent: string[] = [];
  for (const count of [1, 30, 1_200]) {
    sent.push(...(await report(here, stepId, sent.length, count)));
    await until(reader, sent.length);
  }
  expect(idsOf(reader)).toEqual(sent);
  expect(reader.port.messages.some(({ reset }) => reset)).toBe(false);
  expect(eventPage).toHaveBeenCalledTimes(1);
});

test('W4: from the beginning, or a cursor, it pages from the database, one read for all who stand at one place', async () => {
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 3_000);
  const sent = await report(here, stepId, 0, 2_700);
  const readers = await Promise.all(
    Array.from({ length: 10 }, async () => read<Batch>(await here.hub.events(ref, {}, null))),
  );
  for (const reader of readers) {
    await until(reader, 2_700);
    expect(idsOf(reader)).toEqual(sent);
  }
  expect(readers[0]?.port.messages.map(({ events }) => events.length)).toEqual([500, 500, 500, 500, 500, 200]);
  // Two pages, then all that the ring has room for.
  expect(eventPage).toHaveBeenCalledTimes(3);

  const cursor = readers[0]?.port.messages[0]?.position as number;
  const resumed = read<Batch>(await here.hub.events(ref, {}, cursor));
  await until(resumed, 2_200);
  expect(idsOf(resumed)).toEqual(sent.slice(500));
  expect(resumed.port.messages.some(({ reset }) => reset)).toBe(false);
});

test('W4: readers who come back at once, each to a place of its own, cost two reads together', async () => {
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 2_000);
  const sent = await report(here, stepId, 0, 50);
  const following = await here.hub.events(ref, {}, null);
  const first = read<Batch>(following);
  await until(first, 50);
  const head = first.port.messages.at(-1)?.position as number;
  first.reader.close();
  following.release();
  eventPage.mockClear();
  const places = Array.from({ length: 50 }, (_, index) => index + 1);
  await Promise.all(
    places.map(async (missed) => {
      const reader = read<Batch>(await here.hub.events(ref, {}, head - missed));
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
  const reader = read<Batch>(await here.hub.events(ref, {}, null));
  await reader.port.until(({ messages }) => messages.length === 1);
  reader.port.ready = false;
  eventPage.mockClear();
  const sent = await report(here, stepId, 0, 6_000);
  expect([idsOf(reader), eventPage.mock.calls.length]).toEqual([[], 0]);
  reader.port.wake(reader.reader);
  await until(reader, sent.length);
  expect(idsOf(reader)).toEqual(sent);
  const batches = reader.port.messages.length - 1;
  expect(eventPage.mock.calls.length).toBeGreaterThan(0);
  expect(eventPage.mock.calls.length).toBeLessThan(batches);
});

test('W4: of one step, or of failures only; what concerns no reader is not sent', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 100);
  const all = read<Batch>(await here.hub.events(ref, {}, null));
  const ofStep = read<Batch>(await here.hub.events(ref, { stepId }, null));
  const failures = read<Batch>(await here.hub.events(ref, { successful: false }, null));
  const good = await report(here, stepId, 0, 5);
  const bad = await report(here, stepId, 5, 2, false);
  await until(all, 7);
  await until(ofStep, 7);
  await until(failures, 2);
  expect([idsOf(all), idsOf(ofStep), idsOf(failures)]).toEqual([[...good, ...bad], [...good, ...bad], bad]);
  expect(failures.port.messages.slice(1).every(({ events }) => events.length > 0)).toBe(true);
});

test('W4: where events after the cursor were erased, it says so once, and goes on', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 20);
  await report(here, stepId, 0, 10);
  const before = read<Batch>(await here.hub.events(ref, {}, null));
  await until(before, 10);
  const cursor = before.port.messages.at(-1)?.position as number;
  before.stop();
  await report(here, stepId, 10, 10);
  expect(await on.store.eraseRedundant(0, 1_000)).toBe(20);
  const [, next] = (await on.store.stepsOfClusters(tenantId, [ref.id]))[0] ?? [];
  const later = await report(here, next?.id ?? '', 0, 3);

  const resumed = read<Batch>(await here.hub.events(ref, {}, cursor));
  await until(resumed, 3);
  expect(idsOf(resumed)).toEqual(later);
  const more = await report(here, next?.id ?? '', 3, 1);
  await until(resumed, 4);
  expect(idsOf(resumed)).toEqual([...later, ...more]);
  expect(resumed.port.messages.map(({ reset }) => reset)).toEqual([true, false]);

  const fromStart = read<Batch>(await here.hub.events(ref, {}, null));
  await until(fromStart, 4);
  expect(fromStart.port.messages.some(({ reset }) => reset)).toBe(false);
});

test('W4: a cursor newer than the log starts over, and says so', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 20);
  const sent = await report(here, stepId, 0, 3);
  const reader = read<Batch>(await here.hub.events(ref, {}, 1_000_000));
  await until(reader, 3);
  expect(idsOf(reader)).toEqual(sent);
  expect(reader.port.messages[0]?.reset).toBe(true);
});

test('a database that is away for a while costs a reader nothing but time', async () => {
  const net = fakeNet();
  const { here, eventPage } = begin();
  const { ref, stepId } = await runningStep(here, 20);
  const sent = await report(here, stepId, 0, 3);
  eventPage.mockRejectedValueOnce(new Fault('UNAVAILABLE', 'the database is away'));
  const reader = read<Batch>(await here.hub.events(ref, {}, null));
  await expect(eventPage.mock.results[0]?.value).rejects.toThrow('away');
  expect([reader.port.messages, reader.port.failure]).toEqual([[], undefined]);
  net.cast();
  await until(reader, 3);
  expect(idsOf(reader)).toEqual(sent);
});

test('W7: the log of a cluster that is deleted is told to its end, on every server, however far behind a reader is', async () => {
  const [here, there] = on.servers(2) as [Server, Server];
  const { ref, stepId } = await runningStep(here, 5_000);
  const live = read<Batch>(await there.hub.events(ref, {}, null));
  await live.port.until(({ messages }) => messages.length === 1);
  const sent = await report(here, stepId, 0, 3_000);
  const slow = new TestPort<Batch>();
  const behind = read<Batch>(await here.hub.events(ref, {}, null), slow);
  await slow.until(({ messages }) => messages.length === 1);
  slow.ready = false;
  await here.recorder.deleteCluster(tenantId, ref);
  slow.wake(behind.reader);
  for (const reader of [live, behind]) {
    await reader.port.until(({ completed }) => completed);
    const ids = idsOf(reader);
    expect(ids.slice(0, -1)).toEqual(sent);
    // S11: what ended the step that ran.
    expect(reader.port.messages.at(-1)?.events.at(-1)).toMatchObject({ successful: false });
  }
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
  const keepingUp = read<Batch>(await here.hub.events(ref, {}, null));
  await keepingUp.port.until(({ messages }) => messages.length === 1);
  await here.recorder.reportEvents(tenantId, { events: wordy.map((event) => ({ ...event, instanceId: event.id })) });
  const far = await report(here, stepId, 0, 4_500);
  const fromStore = read<Batch>(await here.hub.events(ref, { successful: false }, null));
  await until(fromStore, wordy.length);
  await until(keepingUp, wordy.length + far.length);
  expect(idsOf(fromStore)).toEqual(wordy.map(({ id }) => id));
  expect(idsOf(keepingUp)).toEqual([...wordy.map(({ id }) => id), ...far]);
  for (const { bodies } of [keepingUp.port, fromStore.port])
    expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThan(700_000);
});

test('W4: a full message says that more follows, the last says that there is no more, though it be empty', async () => {
  const { here } = begin();
  const { ref, stepId } = await runningStep(here, 5_000);
  await report(here, stepId, 0, 3, false);
  await report(here, stepId, 3, 1_000);
  const all = read<Batch & { more: boolean }>(await here.hub.events(ref, {}, null));
  const good = read<Batch & { more: boolean }>(await here.hub.events(ref, { successful: true }, null));
  const bad = read<Batch & { more: boolean }>(await here.hub.events(ref, { successful: false }, null));
  await report(here, stepId, 1_003, 500);
  await report(here, stepId, 1_503, 1, false);
  for (const { port } of [all, good, bad]) await port.until(({ messages }) => messages.at(-1)?.more === false);
  await until(all, 1_504);
  await until(good, 1_500);
  await until(bad, 4);
  expect([all, good, bad].map(({ port }) => port.messages[0]?.more)).toEqual([true, true, false]);
  for (const { port } of [all, good, bad]) {
    for (const [index, { events, more }] of port.messages.entries()) {
      if (more) expect(port.messages[index + 1]).toBeDefined();
      if (events.length === 0 && index > 0) expect(port.messages[index - 1]?.more).toBe(true);
    }
  }
});
