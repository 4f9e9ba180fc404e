import { queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import { Feed } from '../../src/fanout/feed.js';
import { Group } from '../../src/fanout/group.js';
import { TenantFeed } from '../../src/fanout/tenant.js';
import { ClusterChangesDocument, ClusterEventsDocument, ClusterProgressDocument } from '../../src/generated/client.js';
import { Connection } from '../../src/transport/websocket/connection.js';
import { Operation } from '../../src/transport/websocket/operation.js';
import { present, server } from '../rules/fixture.js';
import { eventsOf, next } from '../rules/follow.js';
import { event, report } from '../support/api.js';
import { until } from '../support/wait.js';
import { type Random, rounds, seeded } from './random.js';
import { Raw } from './raw.js';
import { endless, type Work } from './work.js';

const times = rounds(20_000);
const timeout = 60_000 + times * 10;
/** Enough that the bound of messages a second on each is no bound on all of them. */
const sockets = 100;
const on = server({ logLevel: 'silent' });

const documents = [ClusterProgressDocument, ClusterEventsDocument, ClusterChangesDocument].map(String);

/** What the server holds for readers, alive after a garbage collection. */
const held = () =>
  [Feed, TenantFeed, Group, Operation, Connection].map((kind) => queryObjects(kind, { format: 'count' }));

/** Opens a subscription of some kind to one of the clusters. */
function subscribe(raw: Raw, id: string, work: readonly Work[], random: Random): void {
  const { clusterId } = present(work[random.between(0, work.length - 1)]);
  raw.subscribe(id, present(documents[random.between(0, 2)]), { clusterId });
}

/** Does `work` beside a reader who must miss nothing; when it is over, the server holds what it held before. */
async function leavesNothing(work: Work[], burst: () => Promise<void>): Promise<void> {
  const [{ clusterId, stepId }] = work as [Work];
  const reader = eventsOf(on.url, clusterId);
  await next(reader);
  const before = held();
  const events = Array.from({ length: 20 }, () => event(stepId));
  await Promise.all([burst(), report(on.url, events)]);
  const batches = await reader.until(({ clusterEvents }) => clusterEvents.events.at(-1)?.id === events.at(-1)?.id);
  expect(batches.flatMap(({ clusterEvents }) => clusterEvents.events.map(({ id }) => id))).toEqual(
    events.map(({ id }) => id),
  );
  await until(() => String(held()) === String(before));
  expect(held()).toEqual(before);
  await reader.close();
}

test(`subscribed and left ${times} times, each once something came: feeds, groups, operations and connections are as before`, {
  timeout,
}, async () => {
  const random = seeded();
  const work = await endless(on.url, 20);
  await leavesNothing(work, async () => {
    const raws = await Promise.all(Array.from({ length: sockets }, () => Raw.open(on.url)));
    await Promise.all(
      raws.map(async (raw) => {
        for (let time = 0; time < times / raws.length; time++) {
          const id = String(time);
          raw.subscribe(id, present(documents[0]), { clusterId: present(work[random.between(0, 19)]).clusterId });
          await raw.find((message) => message.id === id);
          raw.send({ id, type: 'complete' });
        }
        raw.ws.close();
        await raw.closed;
      }),
    );
  });
});

test(`subscribed and left ${times} times in one burst, without waiting, with few ids: nothing remains, and other subscribers are not affected`, {
  timeout,
}, async () => {
  const random = seeded();
  const work = await endless(on.url, 20);
  await leavesNothing(work, async () => {
    const raws = await Promise.all(Array.from({ length: sockets }, () => Raw.open(on.url)));
    for (let time = 0; time < times; time++) {
      const raw = present(raws[time % raws.length]);
      const id = String(random.between(1, 3));
      subscribe(raw, id, work, random);
      raw.send({ id, type: 'complete' });
    }
    // Half of them send a close frame.
    for (const [index, raw] of raws.entries()) {
      if (index % 2 === 0) raw.ws.close();
      else raw.ws.terminate();
      await raw.closed;
    }
  });
});

test('readers whose sockets break while they are subscribing leave nothing', { timeout }, async () => {
  const random = seeded();
  const work = await endless(on.url, 20);
  await leavesNothing(work, async () => {
    for (let time = 0; time < times / 100; time++) {
      const raw = await Raw.open(on.url);
      for (let id = 1; id <= random.between(1, 20); id++) subscribe(raw, String(id), work, random);
      raw.ws.terminate();
    }
  });
});
