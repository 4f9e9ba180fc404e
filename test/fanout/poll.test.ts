import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import {
  type Fixture,
  fakePoll,
  fixture,
  holdBack,
  read,
  report,
  runningStep,
  type Server,
  tenantId,
  whole,
} from './fixture.js';

interface Progress {
  steps: { completed: number }[];
}

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** Three clusters written to on one server and read of on the other; and the other's net. */
async function begin() {
  const clock = fakePoll();
  const [one, other] = on.servers(2) as [Server, Server];
  const followed = await Promise.all([0, 1, 2].map(() => follow(one, other)));
  const changes = read<{ clusters: object[] }>(await other.hub.changes(tenantId));
  const before = on.statements();
  return { clock, one, other, followed, changes, statements: () => on.statements() - before };
}

async function follow(one: Server, other: Server) {
  const { ref, stepId } = await runningStep(one, 1_000);
  const { sink } = read<Progress>(await other.hub.progress(ref, whole));
  await sink.until(({ messages }) => messages.length === 1);
  const completed = (count: number) => sink.until(({ messages }) => messages.at(-1)?.steps[0]?.completed === count);
  return { ref, stepId, sink, completed };
}

/** Reports so many units; the hint of it has come, and was lost, when this resolves. */
async function unheard(one: Server, stepId: string, units: number): Promise<void> {
  await report(one, stepId, 0, units);
  await turn();
}

const first = <T>(things: readonly T[]) => things[0] as T;

test('W6: with a healthy bus, subscriptions that nothing happens to cost no query', async () => {
  const { clock, followed, statements } = await begin();
  clock.poll(3_600);
  await turn();
  await on.store.clusters(tenantId, [first(followed).ref.id]);
  expect(statements()).toBe(1);
});

test('W6: while hints may be lost, one statement a round asks for all that is followed, and one reads what changed', async () => {
  const { clock, one, other, followed, changes, statements } = await begin();
  changes.stop();
  other.bus.lose();
  const { stepId, completed } = first(followed);
  await unheard(one, stepId, 5);
  const written = statements();
  clock.poll();
  await completed(5);
  expect(statements() - written).toBe(2);
});

test('W6: a lost hint of a tenant’s cluster is made good as well', async () => {
  const { clock, one, other, changes } = await begin();
  other.bus.lose();
  const { id } = await one.recorder.createCluster(tenantId, { name: 'unheard of' });
  clock.poll();
  await changes.sink.until(({ messages }) => messages.length > 1);
  expect(changes.sink.messages).toMatchObject([{ clusters: [] }, { clusters: [{ id }] }]);
});

test('W6: what was lost is looked for at once when the bus is whole again', async () => {
  const { one, other, followed } = await begin();
  other.bus.lose();
  const { stepId, completed } = first(followed);
  await unheard(one, stepId, 5);
  other.bus.mend();
  await completed(5);
});

test('W6: if the database is away just then, it is looked for later, though the bus is healthy', async () => {
  const { clock, one, other, followed } = await begin();
  other.bus.lose();
  const { stepId, completed } = first(followed);
  await unheard(one, stepId, 5);
  const revisions = vi.spyOn(on.store, 'revisions').mockClear();
  revisions.mockRejectedValueOnce(new Fault('UNAVAILABLE', 'the database is away'));
  other.bus.mend();
  await expect(revisions.mock.results[0]?.value).rejects.toThrow('away');
  await turn();
  clock.poll();
  await completed(5);
});

test('W6: a bus that is whole again during a round is believed only after the next, which follows at once', async () => {
  const { clock, one, other, followed } = await begin();
  other.bus.lose();
  const { stepId, completed } = first(followed);
  const held = holdBack(on.store, 'revisions');
  clock.poll();
  await held.found;
  await unheard(one, stepId, 5);
  other.bus.mend();
  held.letGo();
  await completed(5);
});

test('W6: a read that failed is made again at the next round, though the bus is healthy', async () => {
  const { clock, one, followed } = await begin();
  const { stepId, completed } = first(followed);
  const clusterState = vi.spyOn(on.store, 'clusterState').mockClear();
  clusterState.mockRejectedValueOnce(new Fault('UNAVAILABLE', 'the database is away'));
  await report(one, stepId, 0, 5);
  await turn();
  await expect(clusterState.mock.results[0]?.value).rejects.toThrow('away');
  await turn();
  clock.poll();
  await completed(5);
});

test('W6: a commit whose answer was lost is told all the same, here and on other servers', async () => {
  const { clock, one, followed } = await begin();
  const { ref, stepId, completed } = first(followed);
  const here = read<Progress>(await one.hub.progress(ref, whole)).sink;
  const transact = on.store.transact.bind(on.store);
  vi.spyOn(on.store, 'transact').mockImplementationOnce(async (needs, decide) => {
    await transact(needs, decide);
    throw new Fault('UNAVAILABLE', 'the connection was lost');
  });
  await expect(report(one, stepId, 0, 5)).rejects.toThrow('lost');
  clock.poll();
  await here.until(({ messages }) => messages.at(-1)?.steps[0]?.completed === 5);
  await completed(5);
});

test('W7: a cluster of which nothing is left, and nobody said so, completes for its followers', async () => {
  const { clock, one, other, followed } = await begin();
  other.bus.lose();
  const { ref, sink } = first(followed);
  await one.recorder.deleteCluster(tenantId, ref);
  while (await on.store.eraseExpired(0, 1_000));
  expect(await on.store.revisions([ref])).toEqual([]);
  clock.poll();
  await sink.until(({ completed }) => completed);
});

test('W2: a change made while a reader of the list is being let in is told to it, whoever makes it', async () => {
  const [one, other] = on.servers(2) as [Server, Server];
  const tenant = `tenant ${crypto.randomUUID()}`;
  const { id } = await one.recorder.createCluster(tenant, { name: 'hadoop' });
  const held = holdBack(on.store, 'revisionsOf');
  const letIn = Promise.all([one, other].map(({ hub }) => hub.changes(tenant)));
  await held.found;
  await one.recorder.updateCluster(tenant, { id, status: 'Active' });
  await turn();
  held.letGo();
  for (const following of await letIn) {
    const { sink } = read<{ clusters: { status: string }[] }>(following);
    await sink.until(({ messages }) => messages.some(({ clusters }) => clusters[0]?.status === 'Active'));
  }
});
