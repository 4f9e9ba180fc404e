import { queryObjects } from 'node:v8';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ClusterProgressDocument } from '../../src/generated/client.js';
import { Connection } from '../../src/transport/websocket/connection.js';
import { Writer } from '../../src/transport/websocket/writer.js';
import { only, server } from '../rules/fixture.js';
import { event, ok, report } from '../support/api.js';
import { until } from '../support/wait.js';
import { hold } from './hold.js';
import { type Message, Raw } from './raw.js';

const on = server({ readerTimeoutSeconds: 2 });
const steady = server({ readerTimeoutSeconds: 8 });
const patient = server();

/** A cluster, its step, and a query of some 480 KB about it: 31 of them are more than the system holds between two sockets. */
async function talkative({ running, url } = on) {
  const { clusterId, stepIds } = await running({ stepName: 'Working', total: 1_000 });
  const eventInfo = 'x'.repeat(60_000);
  const failures = Array.from({ length: 8 }, () => event(only(stepIds), { successful: false, eventInfo }));
  await report(url, failures);
  const query = `{ cluster(id: "${clusterId}") { events(first: 8) { nodes { eventInfo } } } }`;
  return { clusterId, stepId: only(stepIds), query };
}
const many = 31;
const padding = 'x'.repeat(58_000);

/** What the server logs about the next client that it disconnects. */
function nextSentAway({ app } = on) {
  const before = app.logged.length;
  const isIt = ({ msg }: Record<string, unknown>) => msg === 'a client that reads nothing is disconnected';
  const find = () => app.logged.slice(before).find(isIt);
  return until(find) as Promise<{ stalledMs: number }>;
}

/** Freezes a client until it is disconnected: the time that a client may take nothing has then gone by. */
async function freezeBeside(query: string, server = on) {
  const frozen = await Raw.open(server.url);
  frozen.ws.pause();
  for (let index = 0; index < many; index++) frozen.subscribe(`${index}`, query);
  return nextSentAway(server);
}

describe('W5: a client that reads nothing', () => {
  /** Bytes of what it has sent that are no longer in its own memory. */
  const taken = ({ socket }: Raw) => socket.bytesWritten - socket.writableLength;

  test.each<[string, (raw: Raw, index: number, query: string) => void]>([
    ['sends pings', (raw) => raw.send({ type: 'ping', payload: { padding } })],
    ['asks for much', (raw, index, query) => raw.subscribe(`${index}`, `${query} # ${padding}`)],
  ])('but %s is no longer read from, and disconnected', async (_, say) => {
    const { query } = await talkative();
    const raw = await Raw.open(on.url);
    raw.ws.pause();
    const sentAway = nextSentAway();
    for (let index = 0; index < 2_000; index++) say(raw, index, query);
    await sentAway;
    // Of 116 MB. Besides what it may hold itself, the server has taken what the system holds.
    expect(taken(raw)).toBeLessThan(40_000_000);
    raw.ws.resume();
    expect(await raw.closed).toBe(1013);
  });
});

describe('a client whose messages wait to be read', () => {
  test.each<[string, (raw: Raw) => void]>([
    ['resets the connection', ({ socket }) => void socket.resetAndDestroy()],
    ['is gone', ({ ws }) => ws.terminate()],
  ])('%s: nothing is kept of it', async (_, leave) => {
    const { clusterId, query } = await talkative(patient);
    const connections = () => queryObjects(Connection, { format: 'count' });
    const before = connections();
    const raw = await Raw.open(patient.url);
    raw.subscribe('state', String(ClusterProgressDocument), { clusterId });
    await raw.find(({ type }) => type === 'next');
    raw.ws.pause();
    for (let index = 0; index < 1_000; index++) raw.subscribe(`${index}`, `${query} # ${padding}`);
    // More is not read of it, for a while at least.
    for (let index = 0; index < many; index++) await ok(patient.url, query);
    expect(connections()).toBeGreaterThan(before);
    leave(raw);
    await until(() => connections() <= before);
  });
});

test('W5: a client that has hung up, but leaves what it was sent, is cut off', async () => {
  const { query } = await talkative(steady);
  const connections = () => queryObjects(Connection, { format: 'count' });
  const before = connections();
  const raw = await Raw.open(steady.url);
  raw.ws.pause();
  for (let index = 0; index < many; index++) raw.subscribe(`${index}`, query);
  // So much the server has to send by now, or soon, that not all of it is taken.
  for (let index = 0; index < many; index++) await ok(steady.url, query);
  raw.socket.end();
  await until(() => connections() <= before);
});

test('W2, W5: behind long answers that are read late, a subscription starts once they are, and a client that has read is not disconnected', async () => {
  const { clusterId, stepId, query } = await talkative(steady);
  const raw = await Raw.open(steady.url);
  raw.ws.pause();
  for (let index = 0; index < many; index++) raw.subscribe(`long ${index}`, query);
  // As much once more, so that the first are waiting on the socket by then.
  for (let index = 0; index < many; index++) await ok(steady.url, query);
  raw.subscribe('state', String(ClusterProgressDocument), { clusterId });
  await ok(steady.url, query);
  raw.ws.resume();
  await raw.find(({ id, type }) => id === 'state' && type === 'next');
  await until(() => raw.messages.filter(({ type }) => type === 'complete').length === many);
  await freezeBeside(query, steady);
  await report(steady.url, [event(stepId)]);
  await raw.find(({ id, payload }) => id === 'state' && payload?.data?.clusterProgress.snapshot === false);
});

test('W5: of 28 subscriptions and 4 queries with long messages, one message waits on a socket at a time, and all arrive', async () => {
  const { clusterId, query } = await talkative(patient);
  const raw = await Raw.open(patient.url);
  const { message } = Writer.prototype;
  let most = 0;
  let last = performance.now();
  vi.spyOn(Writer.prototype, 'message').mockImplementation(function (this: Writer, ...parts) {
    message.apply(this, parts);
    most = Math.max(most, this.pending);
    last = performance.now();
  });
  onTestFinished(() => void vi.restoreAllMocks());
  raw.ws.pause();
  // Each asks for something else, so that none shares what another is sent.
  for (let index = 0; index < 28; index++) {
    const log = `subscription { a${index}: clusterEvents(clusterId: "${clusterId}") { events { eventInfo } } }`;
    raw.subscribe(`log ${index}`, log);
  }
  for (let index = 0; index < 4; index++) raw.subscribe(`query ${index}`, query);
  // What is to be sent is: until the system takes no more, or, if nothing held it back, all of it.
  await until(() => performance.now() - last > 2_000);
  raw.ws.resume();
  const received = () => raw.messages.filter(({ type }) => type === 'next');
  await until(() => received().length === 32);
  expect(Math.min(...received().map(({ payload }) => JSON.stringify(payload).length))).toBeGreaterThan(480_000);
  // The longest of them has 482 KB.
  expect(most).toBeLessThan(64 * 1024 + 500_000);
  expect(raw.messages.some(({ type }) => type === 'error')).toBe(false);
});

test('a clock that is set forward does not make clients count as stalled', async () => {
  const { query } = await talkative();
  const clock = Date.now;
  onTestFinished(() => void vi.restoreAllMocks());
  const frozen = freezeBeside(query);
  vi.spyOn(Date, 'now').mockImplementation(() => clock() + 3_600_000);
  expect((await frozen).stalledMs).toBeLessThan(3_600_000);
});

describe('an operation is work until its work has ended', () => {
  const state = String(ClusterProgressDocument);

  test('subscriptions that are left while they are opened count', async () => {
    const clusters = await Promise.all(Array.from({ length: 33 }, () => on.running('Working')));
    const raw = await Raw.open(on.url);
    const table = await hold(on.app.databaseUrl, 'cluster');
    for (const { clusterId } of clusters) {
      raw.subscribe('1', state, { clusterId });
      raw.send({ id: '1', type: 'complete' });
    }
    expect(await raw.find(({ id }) => id === '1')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }],
    });
    await table.release();
    const again = (time: number): Promise<Message> => {
      raw.subscribe(`again ${time}`, '{ __typename }');
      return raw.find(({ id }) => id === `again ${time}`);
    };
    let time = 0;
    await until(async () => (await again(++time)).type === 'next');
    expect(raw.messages.filter(({ id }) => id === '1')).toHaveLength(1);
  });

  test('queries that are left at once take no more of the database than a few', async () => {
    const { clusterId, query } = await talkative();
    const raw = await Raw.open(on.url);
    const table = await hold(on.app.databaseUrl, 'cluster_event');
    for (let time = 0; time < 300; time++) {
      raw.subscribe('1', query);
      raw.send({ id: '1', type: 'complete' });
    }
    raw.subscribe('last', state, { clusterId });
    await raw.find(({ id }) => id === 'last');
    expect(await table.waiting()).toBeLessThanOrEqual(4);
    expect((await on.cluster(clusterId)).id).toBe(clusterId);
    await table.release();
  });

  test('what a query that was left has not read yet is not read any more', async () => {
    const { query } = await talkative();
    const raw = await Raw.open(on.url);
    const clusters = await hold(on.app.databaseUrl, 'cluster');
    const events = await hold(on.app.databaseUrl, 'cluster_event');
    for (let index = 0; index < 4; index++) {
      raw.subscribe('1', query);
      await clusters.reached(index + 1);
      raw.send({ id: '1', type: 'complete' });
    }
    await clusters.release();
    // Four are executed at a time: it has its turn only once one of those has ended, although no event can be read.
    raw.subscribe('2', '{ __typename }');
    await raw.find(({ id, type }) => id === '2' && type === 'complete');
    expect(await events.waiting()).toBe(0);
    await events.release();
  });

  test('an answer that comes late is not taken for a message of the next operation of the same id', async () => {
    const { clusterId, query } = await talkative();
    const raw = await Raw.open(on.url);
    const table = await hold(on.app.databaseUrl, 'cluster_event');
    raw.subscribe('1', query);
    await table.reached(1);
    raw.send({ id: '1', type: 'complete' });
    raw.subscribe('1', state, { clusterId });
    await raw.find(({ id, type }) => id === '1' && type === 'next');
    await table.release();
    raw.subscribe('2', query);
    await raw.find(({ id, type }) => id === '2' && type === 'complete');
    await on.deleteCluster(clusterId);
    await raw.find(({ id, type }) => id === '1' && type === 'complete');
    const messages = raw.messages.filter(({ id, type }) => id === '1' && type === 'next');
    expect(messages.map(({ payload }) => Object.keys(payload.data))).toEqual(messages.map(() => ['clusterProgress']));
  });
});

test('more than a hundred messages a second are read later, and all are answered', async () => {
  const raw = await Raw.open(on.url);
  const begun = performance.now();
  for (let index = 0; index < 400; index++) raw.send({ type: 'ping', payload: { index } });
  await raw.find(({ payload }) => payload?.index === 399);
  expect(raw.messages.flatMap(({ type, payload }) => (type === 'pong' ? [payload.index] : []))).toEqual(
    Array.from({ length: 400 }, (_, index) => index),
  );
  // Of the last 300, a hundred a second.
  expect(performance.now() - begun).toBeGreaterThan(2_500);
});
