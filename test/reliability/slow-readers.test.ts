import { expect, test } from 'vitest';
import { ClusterEventsDocument } from '../../src/generated/client.js';
import { only, server } from '../rules/fixture.js';
import { eventsOf } from '../rules/follow.js';
import { event, report } from '../support/api.js';
import { type Message, Raw } from './raw.js';
import { logged } from './recount.js';
import { endless, type Work } from './work.js';

const timeout = 120_000;

const impatient = server({ readerTimeoutSeconds: 1 });

test('W5: a client that reads nothing is disconnected with 1013 and comes back with its cursor; others get everything', {
  timeout,
}, async () => {
  const { url, app } = impatient;
  const [{ clusterId, stepId }] = (await endless(url, 1)) as [Work];
  const other = eventsOf(url, clusterId);
  const frozen = await Raw.open(url);
  frozen.subscribe('log', String(ClusterEventsDocument), { clusterId });
  await frozen.find(isBatch);
  frozen.ws.pause();
  while (!app.logged.some(({ msg }) => msg === 'a client that reads nothing is disconnected')) {
    const eventInfo = 'x'.repeat(60_000);
    await report(
      url,
      Array.from({ length: 20 }, () => event(stepId, { successful: false, eventInfo })),
    );
  }
  frozen.ws.resume();
  expect(await frozen.closed).toBe(1013);

  const log = await logged(app.databaseUrl, clusterId);
  const batches = frozen.messages.filter(isBatch).map(({ payload }) => payload.data.clusterEvents);
  const back = eventsOf(url, clusterId, { after: batches.at(-1).cursor });
  const rest = await back.until(({ clusterEvents }) => clusterEvents.events.at(-1)?.id === log.at(-1));
  expect(ids([...batches, ...rest.map(({ clusterEvents }) => clusterEvents)])).toEqual(log);
  const all = await other.until(({ clusterEvents }) => clusterEvents.events.at(-1)?.id === log.at(-1));
  expect(ids(all.map(({ clusterEvents }) => clusterEvents))).toEqual(log);
});

const isBatch = ({ id, type }: Message) => id === 'log' && type === 'next';
const ids = (batches: readonly { events: readonly { id: string }[] }[]) =>
  batches.flatMap(({ events }) => events.map(({ id }) => id));

const eager = server({ progressIntervalMs: 0 });

/** A message of more than half a megabyte, where there are 1000 steps: sockets hold only so many. */
const heavy = `subscription ($clusterId: ID!) {
  clusterProgress(clusterId: $clusterId) { revision cluster { provisioningProgress { id stepName summary } } }
}`;

test('W5: a reader that is slow is sent the newest state when it can take one, not all that it missed', {
  timeout,
}, async () => {
  const { url } = eager;
  const steps = Array.from({ length: 1_000 }, (_, index) => ({ stepName: `${index} `.padEnd(250, 'x'), total: 1_000 }));
  const { clusterId, stepIds } = await eager.running(...steps);
  const slow = await Raw.open(url);
  slow.subscribe('state', heavy, { clusterId });
  await slow.find(({ id }) => id === 'state');
  slow.ws.pause();
  for (let unit = 0; unit < 200; unit++) await report(url, [event(only(stepIds))]);
  const { revision } = await eager.cluster(clusterId);
  slow.ws.resume();
  await slow.find((message) => revisionOf(message) === revision);
  expect(slow.messages.length).toBeLessThan(100);
});

const revisionOf = ({ payload }: Message): number | undefined => payload?.data?.clusterProgress.revision;
