import { expect, onTestFinished, test, vi } from 'vitest';
import { present } from '../rules/fixture.js';
import { eventsOf } from '../rules/follow.js';
import { Ended, event, report } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { Fleet } from './fleet.js';
import { gateAt } from './gate.js';
import { rounds, seeded } from './random.js';
import { logged, miscounted } from './recount.js';
import { serve } from './serve.js';
import { endless } from './work.js';

const times = rounds(3);

test(`E1, W4: ${times} times, a server told to stop while 20 reporters send loses nothing, and its readers go on at the next`, {
  timeout: 60_000 + times * 20_000,
}, async () => {
  const random = seeded();
  const database = await testDatabase();
  onTestFinished(() => database.close());
  let server = await serve({ DATABASE_URL: database.url });
  const { url } = server;
  const work = await endless(url, 4);
  const { clusterId } = present(work[0]);
  const fleet = new Fleet({ url, stepIds: work.map(({ stepId }) => stepId), reporters: 20, random });
  const seen: string[] = [];
  let after: string | null = null;
  for (let time = 0; time < times; time++) {
    const reader = eventsOf(url, clusterId, { after });
    const ended = reader.until((data) => {
      after = data.clusterEvents.cursor;
      seen.push(...data.clusterEvents.events.map(({ id }) => id));
      return false;
    });
    const sentAway = expect(ended).rejects.toEqual(new Ended(undefined, 1001));
    await fleet.progress(random.between(50, 500));
    // It ends with 0 only when all was closed before its deadline.
    expect(await server.end('SIGTERM')).toBe(0);
    await sentAway;
    const kept = new Set(await logged(database.url));
    expect([...fleet.acknowledged].filter((id) => !kept.has(id))).toEqual([]);
    server = await serve({ DATABASE_URL: database.url, PORT: new URL(url).port });
  }
  await fleet.stop();
  expect(fleet.refused).toEqual([]);
  expect(await miscounted(database.url)).toEqual([]);
  const log = await logged(database.url, clusterId);
  const rest = eventsOf(url, clusterId, { after });
  await rest.until((data) => {
    seen.push(...data.clusterEvents.events.map(({ id }) => id));
    return seen.length >= log.length;
  });
  expect(seen).toEqual(log);
});

test('E1: a server told to stop while a report is being stored answers it first, and does not wait for its caller to hang up', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const server = await serve({ DATABASE_URL: database.url });
  const { clusterId, stepId } = present((await endless(server.url, 1))[0]);
  const gate = await gateAt(database.url, clusterId);
  const one = event(stepId);
  const reported = report(server.url, [one]);
  await gate.reached();
  const ended = server.end('SIGTERM');
  await vi.waitUntil(() =>
    fetch(`${server.url}/livez`).then(
      (response) => !response.ok,
      () => true,
    ),
  );
  await gate.open();
  expect((await reported).results).toMatchObject([{ id: one.id, outcome: 'RECORDED' }]);
  expect(await ended).toBe(0);
  expect(await logged(database.url)).toEqual([one.id]);
});
