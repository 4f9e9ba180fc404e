import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { beginning } from '../../src/fanout/position.js';
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
  revision: number;
  steps: { completed: number }[];
}
interface Changed {
  clusters: { id: string; name: string }[];
  removed: string[];
}

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** A cluster written to on one server and read of on the other, whose net is not cast. */
async function begin() {
  fakePoll();
  const [one, other] = on.servers(2) as [Server, Server];
  const { ref, stepId } = await runningStep(one, 1_000);
  const { sink } = read<Progress>(await other.hub.progress(ref, whole));
  await sink.until(({ messages }) => messages.length === 1);
  const completed = (count: number) => sink.until(({ messages }) => messages.at(-1)?.steps[0]?.completed === count);
  return { one, other, ref, stepId, sink, completed };
}

/** The same of all clusters of the tenant. */
async function beginChanges() {
  const { one, other, ref } = await begin();
  const { sink } = read<Changed>(await other.hub.changes(tenantId));
  const rename = (name: string) => one.recorder.updateCluster(tenantId, { id: ref.id, name });
  const renamed = (name: string) => sink.until(({ messages }) => messages.at(-1)?.clusters.at(-1)?.name === name);
  return { one, other, sink, rename, renamed };
}

test('W6: what one server writes reaches the readers of a state, of a log and of a tenant on another', async () => {
  const { one, other, ref, stepId, completed } = await begin();
  const events = read<{ events: object[] }>(await other.hub.events(ref, {}, beginning));
  const changes = read<Changed>(await other.hub.changes(tenantId));
  await report(one, stepId, 0, 7);
  await completed(7);
  await events.sink.until(({ messages }) => messages.flatMap((batch) => batch.events).length === 7);
  await changes.sink.until(({ messages }) => messages.at(-1)?.clusters.at(-1)?.id === ref.id);
});

test('W6: servers that write by turns see each other’s holes by arithmetic, even if every hint is lost', async () => {
  const { one, other, ref, stepId, completed } = await begin();
  const events = read<{ events: { id: string }[] }>(await other.hub.events(ref, {}, beginning));
  one.bus.lose();
  const sent = [...(await report(one, stepId, 0, 3)), ...(await report(other, stepId, 3, 1))];
  await completed(4);
  const ids = () => events.sink.messages.flatMap((batch) => batch.events).map(({ id }) => id);
  await events.sink.until(() => ids().length === 4);
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
  const held = holdBack(on.store, 'revisions');
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
  const { sink } = read<Changed>(await other.hub.changes(tenantId));
  const { id } = await one.recorder.createCluster(tenantId, { name: '0' });
  for (let name = 1; name <= 30; name++) await one.recorder.updateCluster(tenantId, { id, name: String(name) });
  await sink.until(({ messages }) => messages.at(-1)?.clusters.at(-1)?.name === '30');
  const names = sink.messages.flatMap(({ clusters }) => clusters.map(({ name }) => Number(name)));
  expect(names).toEqual([...new Set(names)].sort((a, b) => a - b));
});

test('W6: doubt that is raised during a poll is settled at once after it, not at the next tick', async () => {
  const { one, other, rename, renamed } = await beginChanges();
  one.bus.lose();
  for (const name of ['revisions', 'revisionsOf'] as const) {
    const held = holdBack(on.store, name);
    other.bus.alarm();
    await held.found;
    await rename(name);
    other.bus.alarm();
    await turn();
    held.letGo();
    await renamed(name);
  }
});

test('W6: "anything may have changed" costs one statement for 50 clusters, one for 50 tenants, and a read of each that changed', async () => {
  fakePoll();
  const [one, other] = on.servers(2) as [Server, Server];
  const followed = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const { id } = await one.recorder.createCluster(`tenant ${index}`, { name: 'before' });
      const ref = { tenantId: `tenant ${index}`, id };
      const { sink } = read<{ cluster: { name: string } }>(await other.hub.progress(ref, whole));
      await sink.until(({ messages }) => messages.length === 1);
      return { ref, sink, changes: read<Changed>(await other.hub.changes(ref.tenantId)).sink };
    }),
  );
  const alarm = async () => {
    const before = on.statements();
    const [ofClusters, ofTenants] = [holdBack(on.store, 'revisions'), holdBack(on.store, 'revisionsOf')];
    other.bus.alarm();
    await Promise.all([ofClusters.found, ofTenants.found]);
    ofClusters.letGo();
    ofTenants.letGo();
    await turn();
    return before;
  };
  const quiet = await alarm();
  expect(on.statements() - quiet).toBe(2);
  one.bus.lose();
  const changed = followed.slice(0, 3);
  for (const { ref } of changed) await one.recorder.updateCluster(ref.tenantId, { id: ref.id, name: 'after' });
  const before = await alarm();
  for (const { sink, changes } of changed) {
    await sink.until(({ messages }) => messages.at(-1)?.cluster.name === 'after');
    await changes.until(({ messages }) => messages.at(-1)?.clusters.at(-1)?.name === 'after');
  }
  expect(on.statements() - before).toBe(2 + 3 + 3);
});

test('of a tenant: a deletion that nobody was told of is seen, and a repeated hint of it costs nothing', async () => {
  const [one, other] = on.servers(2) as [Server, Server];
  const tenant = `tenant ${crypto.randomUUID()}`;
  const { id } = await one.recorder.createCluster(tenant, { name: 'hadoop' });
  const { sink } = read<Changed>(await other.hub.changes(tenant));
  one.bus.lose();
  await one.recorder.deleteCluster(tenant, { id });
  other.bus.alarm();
  await sink.until(({ messages }) => messages.at(-1)?.removed.includes(id) ?? false);
  one.bus.mend();
  const reads = vi.spyOn(on.store, 'clustersEvenDeleted').mockClear();
  one.bus.publish([{ tenantId: tenant, id, revision: 2 }]);
  await turn();
  expect(reads).not.toHaveBeenCalled();
});

test('W1: a database that was restored is noticed once it can be reached again: subscribers are to begin again', async () => {
  const { one, ref } = await begin();
  const { sink } = read<Progress>(await one.hub.progress(ref, whole));
  const { sink: changes } = read<Changed>(await one.hub.changes(tenantId));
  await sink.until(({ messages }) => messages.length === 1);
  const before = one.hub.epoch;
  await on.database.pool.query('UPDATE database_epoch SET id = gen_random_uuid()');
  one.bus.mend();
  for (const each of [sink, changes]) {
    await each.until(({ failure }) => failure !== undefined);
    expect(each.failure).toMatchObject({ code: 'UNAVAILABLE' });
  }
  expect(one.hub.epoch).not.toBe(before);
});

test('W1: who subscribes just when a restored database is noticed is to begin again as well, and does not wait for ever', async () => {
  const { one, ref, stepId } = await begin();
  const [state, list] = [holdBack(on.store, 'clusterState'), holdBack(on.store, 'revisionsOf')];
  const joining = Promise.all([
    one.hub.progress(ref, whole),
    one.hub.events(ref, {}, beginning),
    one.hub.changes(tenantId),
  ]);
  await Promise.all([state.found, list.found]);
  const before = one.hub.epoch;
  await on.database.pool.query('UPDATE database_epoch SET id = gen_random_uuid()');
  one.bus.mend();
  while (one.hub.epoch === before) await turn();
  for (const { letGo } of [state, list]) letGo();
  for (const source of await joining) {
    expect(read(source).sink).toMatchObject({ messages: [], failure: { code: 'UNAVAILABLE' } });
  }
  const { sink } = read<Progress & { epoch: string }>(await one.hub.progress(ref, whole));
  await report(one, stepId, 0, 1);
  await sink.until(({ messages }) => messages.at(-1)?.steps[0]?.completed === 1);
  expect(sink.messages[0]?.epoch).toBe(one.hub.epoch);
});
