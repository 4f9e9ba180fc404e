import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../src/domain/operation.js';
import type { Step } from '../../src/domain/step.js';
import { beginning, type Position, startingOver } from '../../src/fanout/position.js';
import { type Fixture, fixture, past, read, report, runningStep, tenantId, whole } from './fixture.js';

interface Progress {
  revision: number;
  snapshot: boolean;
  cluster: { id: string; revision: number; deletedAt: string | null };
  operations: Pick<Operation, 'id' | 'state'>[];
  steps: Pick<Step, 'id' | 'completed' | 'state' | 'revision'>[];
}

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

const server = () => on.servers(1)[0] as ReturnType<Fixture['servers']>[number];

describe('W1: a cluster’s state', () => {
  test('W1: the first message is the whole state, each later one what has changed since', async () => {
    const here = server();
    const { ref, stepId } = await runningStep(here, 100);
    const { sink } = read<Progress>(await here.hub.progress(ref, whole));
    await sink.until(({ messages }) => messages.length === 1);
    await report(here, stepId, 0, 3);
    await sink.until(({ messages }) => messages.length === 2);
    const [first, second] = sink.messages as [Progress, Progress];
    expect([first.snapshot, first.steps.length, first.operations.length]).toEqual([true, 2, 1]);
    expect(second).toMatchObject({ snapshot: false, operations: [{}], steps: [{ id: stepId, completed: 3 }] });
    expect(second.revision).toBeGreaterThan(first.revision);
  });

  test('W1: with `after`, the first message is what changed since; an `after` unknown or too new starts over', async () => {
    const here = server();
    const { ref, stepId } = await runningStep(here, 100);
    const before = await here.hub.progress(ref, whole);
    const { sink } = read<Progress>(before);
    await sink.until(({ messages }) => messages.length === 1);
    const { revision } = sink.messages[0] as Progress;
    await report(here, stepId, 0, 1);

    const firstAfter = async (from: Position) => {
      const { sink } = read<Progress>(await here.hub.progress(ref, { ...whole, from }));
      await sink.until(({ messages }) => messages.length === 1);
      return sink.messages[0] as Progress;
    };
    expect(await firstAfter({ seen: revision })).toMatchObject({
      snapshot: false,
      operations: [{}],
      steps: [{ id: stepId }],
    });
    expect(await firstAfter({ seen: revision + 1 })).toMatchObject({ snapshot: false, operations: [], steps: [] });
    for (const unknown of [beginning, startingOver, { seen: revision + 1_000 }]) {
      expect(await firstAfter(unknown)).toMatchObject({ snapshot: true, operations: [{}], steps: [{}, {}] });
    }
  });
});

describe('W1: the newest operations', () => {
  /** A cluster with a history of 20 operations of 3 steps, and one that runs. */
  async function aged() {
    const here = server();
    const { id } = await here.recorder.createCluster(tenantId, { name: 'old' });
    const ref = { tenantId, id };
    await past(on, ref, 20, 3);
    return { here, ref };
  }
  const start = ({ here, ref }: Awaited<ReturnType<typeof aged>>) =>
    here.recorder.startOperation(tenantId, { clusterId: ref.id, type: 'SCALING', steps: [{ stepName: 'one' }] });
  const snapshot = async ({ here, ref }: Awaited<ReturnType<typeof aged>>, operations: number) => {
    const { sink } = read<Progress>(await here.hub.progress(ref, { from: beginning, operations }));
    await sink.until(({ messages }) => messages.length === 1);
    return sink;
  };

  test('W1: a snapshot has as many as are asked for, whatever others ask for', async () => {
    const old = await aged();
    for (const operations of [2, 10, 1, 21, 100, 3]) {
      const [first] = (await snapshot(old, operations)).messages;
      const expected = Math.min(operations, 20);
      expect([first?.snapshot, first?.operations.length, first?.steps.length]).toEqual([true, expected, expected * 3]);
    }
  });

  test('W1: an operation that has ended and the one after it are both told of, though only one is asked for', async () => {
    const old = await aged();
    const first = await start(old);
    const sink = await snapshot(old, 1);
    await old.here.recorder.finishOperation(tenantId, { operationId: first?.id ?? '', successful: true });
    await start(old);
    await sink.until(({ messages }) => messages.length === 3);
    expect(sink.messages.map(({ snapshot }) => snapshot)).toEqual([true, false, false]);
    expect(sink.messages[1]?.operations).toMatchObject([{ id: first?.id, state: 'SUCCEEDED' }]);
  });

  test('W1: who was away while more have changed than are in memory starts over', async () => {
    const old = await aged();
    const sink = await snapshot(old, 2);
    const { revision = 0 } = sink.messages[0] ?? {};
    for (let run = 0; run < 4; run += 1) {
      const operation = await start(old);
      await old.here.recorder.finishOperation(tenantId, { operationId: operation?.id ?? '', successful: true });
    }
    const { sink: back } = read<Progress>(
      await old.here.hub.progress(old.ref, { from: { seen: revision }, operations: 2 }),
    );
    await back.until(({ messages }) => messages.length === 1);
    expect([back.messages[0]?.snapshot, back.messages[0]?.operations.length]).toEqual([true, 2]);
  });

  test('W4: the log of a step of an operation long ago can be followed', async () => {
    const { here, ref } = await aged();
    const [steps = []] = await on.store.stepsOfClusters(tenantId, [ref.id]);
    const { sink } = read<{ events: object[] }>(await here.hub.events(ref, { stepId: steps[0]?.id }, beginning));
    await sink.until(({ messages }) => messages.length === 1);
    expect(sink.messages[0]?.events).toEqual([]);
  });
});

test('W2: readers who attach at any moment under load, on either server, miss nothing and get nothing twice', async () => {
  const rounds = 40;
  const total = rounds * 4;
  const [one, other] = on.servers(2, 1) as [Server, Server];
  const { ref, stepId } = await runningStep(one, total);
  const readers: ReturnType<typeof read<Progress>>[] = [];
  const load = Promise.all([0, 1, 2].map((reporter) => reportAll(reporter)));
  async function reportAll(reporter: number) {
    for (let unit = reporter; unit < total; unit += 3) await report(reporter ? one : other, stepId, unit, 1);
  }
  for (let round = 0; round < rounds; round++) {
    for (let turns = round % 7; turns >= 0; turns--) await turn();
    readers.push(read(await (round % 2 ? one : other).hub.progress(ref, whole)));
  }
  await load;
  const [step] = await on.store.steps(tenantId, [stepId]);
  for (const { sink } of readers) {
    await sink.until(({ messages }) => held(messages).get(stepId)?.completed === total);
    const revisions = sink.messages.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    expect(sink.messages.map(({ snapshot }) => snapshot)).toEqual(revisions.map((_, index) => index === 0));
    expect(held(sink.messages).get(stepId)?.revision).toBe(step?.revision);
  }
});

describe('sharing', () => {
  test('100 readers who attach at once cost one statement, and those after them none', async () => {
    const here = server();
    const { ref } = await runningStep(here, 10);
    const before = on.statements();
    const attach = () => here.hub.progress(ref, whole).then((following) => read<Progress>(following).sink);
    const ports = await Promise.all(Array.from({ length: 100 }, attach));
    await Promise.all(ports.map((sink) => sink.until(({ messages }) => messages.length === 1)));
    expect(on.statements() - before).toBe(1);
    const late = await attach();
    await late.until(({ messages }) => messages.length === 1);
    expect(on.statements() - before).toBe(1);
    expect(new Set([...ports, late].map(({ bodies }) => bodies[0])).size).toBe(1);
  });

  test('a feed goes with its last reader, and nothing stays behind', async () => {
    const here = server();
    const { ref } = await runningStep(here, 10);
    const followings = [await here.hub.progress(ref, whole), await here.hub.events(ref, {}, beginning)];
    const changes = await here.hub.changes(tenantId);
    expect([here.hub.size, here.bus.listeners]).toEqual([2, 2]);
    for (const following of followings) {
      following.release();
      following.release();
    }
    expect([here.hub.size, here.bus.listeners]).toEqual([1, 1]);
    changes.release();
    expect([here.hub.size, here.bus.listeners]).toEqual([0, 0]);
  });
});

describe('W7: a cluster that is deleted', () => {
  test('W7: its followers, on every server, get its last state, then their streams complete', async () => {
    const [one, other] = on.servers(2) as [Server, Server];
    const { ref, stepId } = await runningStep(one, 10);
    await report(one, stepId, 0, 3);
    const readers = [
      read<Progress>(await one.hub.progress(ref, whole)),
      read<Progress>(await other.hub.progress(ref, whole)),
      read<Progress>(await one.hub.events(ref, {}, beginning)),
      read<Progress>(await other.hub.events(ref, {}, beginning)),
    ];
    await one.recorder.deleteCluster(tenantId, ref);
    for (const { sink } of readers) await sink.until(({ completed }) => completed);
    for (const { sink } of readers.slice(0, 2)) {
      expect(sink.messages.at(-1)?.cluster.deletedAt).not.toBeNull();
      expect([...held(sink.messages).values()].map(({ state }) => state)).toEqual(['FAILED', 'SKIPPED']);
    }
    await expect(other.hub.progress(ref, whole)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('W7: of all clusters of a tenant, it is the last change, and the stream goes on', async () => {
    const [one, other] = on.servers(2) as [Server, Server];
    const { sink } = read<{ clusters: { id: string }[]; removed: string[] }>(await other.hub.changes(tenantId));
    const { id } = await one.recorder.createCluster(tenantId, { name: 'short-lived' });
    await one.recorder.deleteCluster(tenantId, { id });
    await sink.until(({ messages }) => messages.some(({ removed }) => removed.includes(id)));
    const { id: next } = await one.recorder.createCluster(tenantId, { name: 'next' });
    await sink.until(({ messages }) => messages.at(-1)?.clusters.at(-1)?.id === next);
    expect(sink.completed).toBe(false);
  });
});

test('W9: what is unknown, deleted, another tenant’s or no id at all is NOT_FOUND, in the same words, and leaves nothing', async () => {
  const here = server();
  const { ref, stepId } = await runningStep(here, 10);
  const deleted = await here.recorder.createCluster(tenantId, { name: 'deleted' });
  await here.recorder.deleteCluster(tenantId, deleted);
  const refs = [
    { tenantId, id: crypto.randomUUID() },
    { tenantId, id: deleted.id },
    { tenantId: 'other', id: ref.id },
    { tenantId, id: 'no id' },
  ];
  for (const wrong of refs) {
    const message = `expected the id of a cluster, got ${JSON.stringify(wrong.id)}, which names none`;
    await expect(here.hub.progress(wrong, whole)).rejects.toMatchObject({ code: 'NOT_FOUND', message });
    await expect(here.hub.events(wrong, {}, beginning)).rejects.toMatchObject({ code: 'NOT_FOUND', message });
  }
  const elsewhere = await runningStep(here, 1);
  await expect(here.hub.events(elsewhere.ref, { stepId }, beginning)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect([here.hub.size, here.bus.listeners]).toEqual([0, 0]);
});

type Server = ReturnType<typeof server>;

/** The steps a reader holds that does as W1 says. */
function held(messages: readonly Progress[]) {
  const steps = new Map<string, Progress['steps'][number]>();
  for (const message of messages) {
    if (message.snapshot) steps.clear();
    for (const step of message.steps) steps.set(step.id, step);
  }
  return steps;
}
