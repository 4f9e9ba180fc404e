import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../src/domain/operation.js';
import type { Step } from '../../src/domain/step.js';
import { type Fixture, fixture, read, report, runningStep, tenantId } from './fixture.js';

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
    const { port } = read<Progress>(await here.hub.progress(ref, null));
    await port.until(({ messages }) => messages.length === 1);
    await report(here, stepId, 0, 3);
    await port.until(({ messages }) => messages.length === 2);
    const [first, second] = port.messages as [Progress, Progress];
    expect([first.snapshot, first.steps.length, first.operations.length]).toEqual([true, 2, 1]);
    expect(second).toMatchObject({ snapshot: false, operations: [], steps: [{ id: stepId, completed: 3 }] });
    expect(second.revision).toBeGreaterThan(first.revision);
  });

  test('W1: with `after`, the first message is what changed since; an `after` unknown or too new starts over', async () => {
    const here = server();
    const { ref, stepId } = await runningStep(here, 100);
    const before = await here.hub.progress(ref, null);
    const { port } = read<Progress>(before);
    await port.until(({ messages }) => messages.length === 1);
    const { revision } = port.messages[0] as Progress;
    await report(here, stepId, 0, 1);

    const firstAfter = async (after: number) => {
      const { port } = read<Progress>(await here.hub.progress(ref, after));
      await port.until(({ messages }) => messages.length === 1);
      return port.messages[0] as Progress;
    };
    expect(await firstAfter(revision)).toMatchObject({ snapshot: false, operations: [], steps: [{ id: stepId }] });
    expect(await firstAfter(revision + 1)).toMatchObject({ snapshot: false, operations: [], steps: [] });
    for (const unknown of [0, -1, revision + 1_000]) {
      expect(await firstAfter(unknown)).toMatchObject({ snapshot: true, operations: [{}], steps: [{}, {}] });
    }
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
    readers.push(read(await (round % 2 ? one : other).hub.progress(ref, null)));
  }
  await load;
  const [step] = await on.store.steps(tenantId, [stepId]);
  for (const { port } of readers) {
    await port.until(({ messages }) => held(messages).get(stepId)?.completed === total);
    const revisions = port.messages.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    expect(port.messages.map(({ snapshot }) => snapshot)).toEqual(revisions.map((_, index) => index === 0));
    expect(held(port.messages).get(stepId)?.revision).toBe(step?.revision);
  }
});

describe('sharing', () => {
  test('100 readers who attach at once cost one statement, and those after them none', async () => {
    const here = server();
    const { ref } = await runningStep(here, 10);
    const before = on.statements();
    const attach = () => here.hub.progress(ref, null).then((following) => read<Progress>(following).port);
    const ports = await Promise.all(Array.from({ length: 100 }, attach));
    await Promise.all(ports.map((port) => port.until(({ messages }) => messages.length === 1)));
    expect(on.statements() - before).toBe(1);
    const late = await attach();
    await late.until(({ messages }) => messages.length === 1);
    expect(on.statements() - before).toBe(1);
    expect(new Set([...ports, late].map(({ bodies }) => bodies[0])).size).toBe(1);
  });

  test('a feed goes with its last reader, and nothing stays behind', async () => {
    const here = server();
    const { ref } = await runningStep(here, 10);
    const followings = [await here.hub.progress(ref, null), await here.hub.events(ref, {}, null)];
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
      read<Progress>(await one.hub.progress(ref, null)),
      read<Progress>(await other.hub.progress(ref, null)),
      read<Progress>(await one.hub.events(ref, {}, null)),
      read<Progress>(await other.hub.events(ref, {}, null)),
    ];
    await one.recorder.deleteCluster(tenantId, ref);
    for (const { port } of readers) await port.until(({ completed }) => completed);
    for (const { port } of readers.slice(0, 2)) {
      expect(port.messages.at(-1)?.cluster.deletedAt).not.toBeNull();
      expect([...held(port.messages).values()].map(({ state }) => state)).toEqual(['FAILED', 'SKIPPED']);
    }
    await expect(other.hub.progress(ref, null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('W7: of all clusters of a tenant, it is the last change, and the stream goes on', async () => {
    const [one, other] = on.servers(2) as [Server, Server];
    const { port } = read<{ cluster: { id: string }; deleted: boolean }>(await other.hub.changes(tenantId));
    const { id } = await one.recorder.createCluster(tenantId, { name: 'short-lived' });
    await one.recorder.deleteCluster(tenantId, { id });
    await port.until(({ messages }) => messages.some(({ cluster, deleted }) => cluster.id === id && deleted));
    const { id: next } = await one.recorder.createCluster(tenantId, { name: 'next' });
    await port.until(({ messages }) => messages.at(-1)?.cluster.id === next);
    expect(port.completed).toBe(false);
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
    await expect(here.hub.progress(wrong, null)).rejects.toMatchObject({ code: 'NOT_FOUND', message });
    await expect(here.hub.events(wrong, {}, null)).rejects.toMatchObject({ code: 'NOT_FOUND', message });
  }
  const elsewhere = await runningStep(here, 1);
  await expect(here.hub.events(elsewhere.ref, { stepId }, null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
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
