import { expect, test } from 'vitest';
import type { ClusterEventsSubscription, ClusterProgressSubscription } from '../../src/generated/client.js';
import { only, server } from '../rules/fixture.js';
import { eventsOf, held, next, type Progress, progressOf } from '../rules/follow.js';
import { event, report } from '../support/api.js';
import { inTurns, type Random, rounds, seeded } from './random.js';
import { logged } from './recount.js';

const on = server({ progressIntervalMs: 5, logLevel: 'silent' });
const times = rounds(200);
const timeout = 60_000 + times * 1_000;

/** A step of 20 units, which four reporters work on; `meanwhile` happens when a random number of them is done. */
async function underLoad<Result>(random: Random, meanwhile: (clusterId: string) => Result) {
  const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 20 });
  const moment = random.between(0, 19);
  const started: Result[] = [];
  let done = 0;
  const work = async () => {
    for (let unit = 0; unit < 5; unit++) {
      if (done++ === moment) started.push(meanwhile(clusterId));
      await report(on.url, [event(only(stepIds))]);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  const { revision } = await on.cluster(clusterId);
  return { clusterId, revision, result: started[0] as Result };
}

test(`W1, W2: ${times} times, a state followed from a random moment on comes to what is, and so does one who comes back`, {
  timeout,
}, async () => {
  const random = seeded();
  await inTurns(times, 16, async () => {
    const { clusterId, revision, result: reader } = await underLoad(random, (id) => progressOf(on.url, id));
    const messages = progress(await reader.until((data) => data.clusterProgress.revision >= revision));
    expect(messages.map(({ snapshot }) => snapshot)).toEqual(messages.map((_, index) => index === 0));
    expect(revisions(messages)).toEqual([...new Set(revisions(messages))].sort((a, b) => a - b));

    const late = progressOf(on.url, clusterId);
    const [whole] = progress(await late.until(() => true)) as [Progress];
    expect(held(messages)).toEqual(held([whole]));
    expect(messages.at(-1)?.cluster).toEqual(whole.cluster);

    const seen = messages.slice(0, random.between(1, messages.length));
    const back = progressOf(on.url, clusterId, seen.at(-1)?.cursor);
    const missed = progress(await back.until(() => true));
    expect(missed[0]?.snapshot).toBe(false);
    expect(held([...seen, ...missed])).toEqual(held([whole]));
    await Promise.all([reader, late, back].map((live) => live.close()));
  });
});

test(`W2, W4: ${times} times, a log followed from a random moment on has every event in order, once`, {
  timeout,
}, async () => {
  const random = seeded();
  await inTurns(times, 16, async () => {
    const { clusterId, result: reader } = await underLoad(random, (id) => eventsOf(on.url, id));
    const log = await logged(on.app.databaseUrl, clusterId);
    const messages = batches(await reader.until(reaches(log.at(-1))));
    expect(ids(messages)).toEqual(log);

    const seen = messages.slice(0, random.between(1, messages.length));
    const back = eventsOf(on.url, clusterId, { after: seen.at(-1)?.cursor ?? null });
    const rest =
      seen.length === messages.length
        ? [(await next(back)).clusterEvents]
        : batches(await back.until(reaches(log.at(-1))));
    expect([...ids(seen), ...ids(rest)]).toEqual(log);
    expect(rest.some(({ reset }) => reset)).toBe(false);
    await Promise.all([reader, back].map((live) => live.close()));
  });
});

type Batch = ClusterEventsSubscription['clusterEvents'];

const progress = (all: readonly ClusterProgressSubscription[]) => all.map(({ clusterProgress }) => clusterProgress);
const batches = (all: readonly ClusterEventsSubscription[]) => all.map(({ clusterEvents }) => clusterEvents);
const revisions = (messages: readonly Progress[]) => messages.map(({ revision }) => revision);
const ids = (messages: readonly Batch[]) => messages.flatMap(({ events }) => events.map(({ id }) => id));
const reaches = (id: string | undefined) => (data: ClusterEventsSubscription) =>
  data.clusterEvents.events.some((event) => event.id === id);
