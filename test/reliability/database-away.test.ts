import { expect, onTestFinished, test } from 'vitest';
import { ReportEventsDocument } from '../../src/generated/client.js';
import { present } from '../rules/fixture.js';
import { eventsOf, next, progressOf } from '../rules/follow.js';
import { type Ended, event, post, report } from '../support/api.js';
import { startApp } from '../support/app.js';
import { until } from '../support/wait.js';
import { Fleet } from './fleet.js';
import { ownPostgres } from './own-postgres.js';
import { rounds, seeded } from './random.js';
import { logged, miscounted } from './recount.js';
import { endless, type Work } from './work.js';

const times = rounds(3);

test(`E1, E2, W4: the database stopped ${times} times: reports fail at once and may be sent again, readers stay, /readyz tells`, {
  timeout: 180_000 + times * 20_000,
}, async () => {
  const random = seeded();
  const database = await ownPostgres();
  const app = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
  onTestFinished(() => app.close());
  const { url } = app;
  const readyz = async () => (await fetch(`${url}/readyz`)).status;
  const work = await endless(url, 4);
  const { clusterId, stepId } = present(work[0]);
  const fleet = new Fleet({ url, stepIds: work.map((one) => one.stepId), reporters: 20, random });
  const log = eventsOf(url, clusterId);
  const progress = progressOf(url, clusterId);
  const seen = [...(await next(log)).clusterEvents.events];

  for (let time = 0; time < times; time++) {
    await fleet.progress(random.between(1, 300));
    expect(await readyz()).toBe(200);
    await database.stop();
    const { errors } = await post(url, ReportEventsDocument, { input: { events: [event(stepId)] } });
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['UNAVAILABLE']);
    expect(await readyz()).toBe(503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    await database.start();
    await until(async () => (await readyz()) === 200);
  }
  await fleet.progress(50);
  await fleet.stop();
  expect(fleet.refused).toEqual([]);
  expect((await logged(database.url)).sort()).toEqual([...fleet.acknowledged].sort());
  expect(await miscounted(database.url)).toEqual([]);

  const last = event(stepId);
  await report(url, [last]);
  const batches = await log.until(({ clusterEvents }) => clusterEvents.events.some(({ id }) => id === last.id));
  seen.push(...batches.flatMap(({ clusterEvents }) => clusterEvents.events));
  expect(seen.map(({ id }) => id)).toEqual(await logged(database.url, clusterId));
  const now = (await next(progressOf(url, clusterId))).clusterProgress;
  const [end] = (await progress.until(({ clusterProgress }) => clusterProgress.revision >= now.revision)).slice(-1);
  expect(end?.clusterProgress.cluster).toEqual(now.cluster);
});

test('a reader who comes while the database is away is told UNAVAILABLE, and those of the same cluster stay', async () => {
  const database = await ownPostgres();
  const app = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
  onTestFinished(() => app.close());
  const [followed, other] = (await endless(app.url, 2)) as [Work, Work];
  const log = eventsOf(app.url, followed.clusterId);
  await next(log);
  await database.stop();
  const refused = (await progressOf(app.url, other.clusterId)
    .next()
    .catch((end) => end)) as Ended;
  expect(refused.errors?.map(({ extensions }) => extensions?.code)).toEqual(['UNAVAILABLE']);
  await database.start();
  await until(async () => (await fetch(`${app.url}/readyz`)).ok);
  const one = event(followed.stepId);
  await report(app.url, [one]);
  expect((await next(log)).clusterEvents.events).toMatchObject([{ id: one.id }]);
});
