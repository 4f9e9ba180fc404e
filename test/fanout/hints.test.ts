import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type Fixture,
  fakeNet,
  fixture,
  holdBack,
  read,
  report,
  runningStep,
  type Server,
  tenantId,
} from './fixture.js';

interface Progress {
  revision: number;
  steps: { completed: number }[];
}
interface Changed {
  cluster: { id: string; name: string };
}

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** A cluster written to on one server and read of on the other, whose net is not cast. */
async function begin() {
  fakeNet();
  const [one, other] = on.servers(2) as [Server, Server];
  const { ref, stepId } = await runningStep(one, 1_000);
  const { port } = read<Progress>(await other.hub.progress(ref, null));
  await port.until(({ messages }) => messages.length === 1);
  const completed = (count: number) => port.until(({ messages }) => messages.at(-1)?.steps[0]?.completed === count);
  return { one, other, ref, stepId, port, completed };
}

/** The same of all clusters of the tenant. */
async function beginChanges() {
  const { one, other, ref } = await begin();
  const { port } = read<Changed>(await other.hub.changes(tenantId));
  const rename = (name: string) => one.recorder.updateCluster(tenantId, { id: ref.id, name });
  const renamed = (name: string) => port.until(({ messages }) => messages.at(-1)?.cluster.name === name);
  return { one, other, port, rename, renamed };
}

test('W6: what one server writes reaches the readers of a state, of a log and of a tenant on another', async () => {
  const { one, other, ref, stepId, completed } = await begin();
  const events = read<{ events: object[] }>(await other.hub.events(ref, {}, null));
  const changes = read<Changed>(await other.hub.changes(tenantId));
  await report(one, stepId, 0, 7);
  await completed(7);
  await events.port.until(({ messages }) => messages.flatMap((batch) => batch.events).length === 7);
  await changes.port.until(({ messages }) => messages.at(-1)?.cluster.id === ref.id);
});

test('W6: servers that write by turns see each other’s holes by arithmetic, even if every hint is lost', async () => {
  const { one, other, ref, stepId, completed } = await begin();
  const events = read<{ events: { id: string }[] }>(await other.hub.events(ref, {}, null));
  one.bus.lose();
  const sent = [...(await report(one, stepId, 0, 3)), ...(await report(other, stepId, 3, 1))];
  await completed(4);
  const ids = () => events.port.messages.flatMap((batch) => batch.events).map(({ id }) => id);
  await events.port.until(() => ids().length === 4);
  expect(ids()).toEqual(sent);
});

test('hints that come late, or twice, cost no read; one from nowhere costs one, once', async () => {
  const { one, other, ref, stepId, completed } = await begin();
  await report(one, stepId, 0, 3);
  await completed(3);
  const clusterState = vi.spyOn(on.store, 'clusterState').mockClear();
  for (const revision of [1, 2, 3, 3, 2]) one.bus.publish([{ ...ref, revision }]);
  await turn();
  expect(clusterState).not.toHaveBeenCalled();
  one.bus.publish([{ ...ref, revision: 1_000_000 }]);
  await turn();
  await clusterState.mock.results[0]?.value;
  vi.advanceTimersByTime(10_000);
  await report(other, stepId, 3, 1);
  await completed(4);
  expect(clusterState).toHaveBeenCalledTimes(1);
});

test('however many hints come during a read, one more read answers them', async () => {
  const { one, stepId, completed } = await begin();
  const held = holdBack(on.store, 'clusterState');
  await report(one, stepId, 0, 1);
  await held.found;
  for (let unit = 1; unit <= 10; unit++) await report(one, stepId, unit, 1);
  await turn();
  const before = on.statements();
  held.letGo();
  await completed(11);
  expect(on.statements() - before).toBe(1);
});

test('"anything may have changed", said during a read, is not answered by it', async () => {
  const { one, other, stepId, completed } = await begin();
  one.bus.lose();
  const held = holdBack(on.store, 'clusterState');
  other.bus.alarm();
  await held.found;
  await report(one, stepId, 0, 3);
  other.bus.alarm();
  held.letGo();
  await completed(3);
});

test('of a tenant: a hint that comes during a read is not answered by it', async () => {
  const { rename, renamed } = await beginChanges();
  const held = holdBack(on.store, 'clustersEvenDeleted');
  await rename('first');
  await held.found;
  await rename('second');
  await turn();
  held.letGo();
  await renamed('second');
});

test('of a tenant: "anything may have changed", said during a read, is not answered by it', async () => {
  const { one, other, rename, renamed } = await beginChanges();
  one.bus.lose();
  const held = holdBack(on.store, 'revisionsOf');
  other.bus.alarm();
  await held.found;
  await rename('changed');
  other.bus.alarm();
  held.letGo();
  await renamed('changed');
});

test('of a tenant: changes of one cluster are coalesced, and never come out of order', async () => {
  const [one, other] = on.servers(2, 20) as [Server, Server];
  const { port } = read<Changed>(await other.hub.changes(tenantId));
  const { id } = await one.recorder.createCluster(tenantId, { name: '0' });
  for (let name = 1; name <= 30; name++) await one.recorder.updateCluster(tenantId, { id, name: String(name) });
  await port.until(({ messages }) => messages.at(-1)?.cluster.name === '30');
  const names = port.messages.map(({ cluster }) => Number(cluster.name));
  expect(names).toEqual([...new Set(names)].sort((a, b) => a - b));
});
