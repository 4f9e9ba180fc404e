import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { present } from '../rules/fixture.js';
import { eventsOf } from '../rules/follow.js';
import { Ended, event, report } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { postmasterOf, testFolder } from '../support/embedded.js';
import { postHead } from '../support/http.js';
import { RawHttp } from '../support/raw-http.js';
import { until } from '../support/wait.js';
import { Fleet } from './fleet.js';
import { freezing } from './freezing.js';
import { gateAt } from './gate.js';
import { rounds, seeded } from './random.js';
import { Raw } from './raw.js';
import { logged, miscounted } from './recount.js';
import { serve } from './serve.js';
import { endless } from './work.js';

const times = rounds(3);

test(`E1, W4: ${times} times, a server told to stop while 20 reporters send loses nothing, and its readers go on at the next`, {
  timeout: 180_000 + times * 20_000,
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
  await until(() =>
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

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a server told to stop (%s) beside clients that are silent, half done or stuck ends with 0, and so does its database',
  async (signal) => {
    const dataDir = await testFolder();
    const server = await serve({ STEPCAST_DATA_DIR: dataDir });
    expect(await postmasterOf(dataDir)).toBeDefined();
    const idle = (await RawHttp.open(server.url)).send('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [socket] = await Promise.all([
      Raw.open(server.url),
      RawHttp.open(server.url),
      RawHttp.open(server.url).then((raw) => raw.send('GET /live')),
      RawHttp.open(server.url).then((raw) => raw.send(`${postHead(1000)}{`)),
      once(idle.socket, 'data'),
    ]);
    const since = Date.now();
    const [code, closed] = await Promise.all([server.end(signal), socket.closed]);
    expect([code, closed]).toEqual([0, 1001]);
    // It takes three seconds, for the request that never comes; the rest is for a busy machine. It had 15, and then ended with 1.
    expect(Date.now() - since).toBeLessThan(10_000);
    expect(await postmasterOf(dataDir)).toBeUndefined();
  },
);

test('E1: a server told to stop while its database is frozen gives up what it was storing, unacknowledged, and ends with 0', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const { url, freeze, thaw } = await freezing(database.url);
  const server = await serve({ DATABASE_URL: url });
  const { stepId } = present((await endless(server.url, 1))[0]);
  await report(server.url, [event(stepId)]);
  freeze();
  const lost = expect(report(server.url, [event(stepId)])).rejects.toThrow();
  // What asks later waits behind the report.
  await fetch(`${server.url}/livez`);
  // Its own deadline, of 15 s, would end it with 1.
  expect(await server.end('SIGTERM')).toBe(0);
  await lost;
  thaw();
});

test('a second signal ends a server that waits for its database at once', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const server = await serve({ DATABASE_URL: database.url });
  const { clusterId, stepId } = present((await endless(server.url, 1))[0]);
  const gate = await gateAt(database.url, clusterId);
  const lost = expect(report(server.url, [event(stepId)])).rejects.toThrow();
  await gate.reached();
  const silent = await RawHttp.open(server.url);
  const first = server.end('SIGTERM');
  await silent.ended;
  expect(await Promise.all([first, server.end('SIGTERM')])).toEqual([1, 1]);
  await lost;
});

test('a server told to stop says for the configured delay that it is not ready, and answers whoever still comes', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const server = await serve({ DATABASE_URL: database.url, STEPCAST_SHUTDOWN_DELAY_SECONDS: '3' });
  const statusOf = async (path: string) => (await fetch(server.url + path)).status;
  expect(await statusOf('/readyz')).toBe(200);
  const socket = await Raw.open(server.url);
  const ended = server.end('SIGTERM');
  await until(async () => (await statusOf('/readyz')) === 503);
  expect(await statusOf('/livez')).toBe(200);
  expect((await endless(server.url, 1)).length).toBe(1);
  expect(socket.ws.readyState).toBe(socket.ws.OPEN);
  expect([await ended, await socket.closed]).toEqual([0, 1001]);
});
