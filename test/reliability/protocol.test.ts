import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  ClusterEventsDocument,
  ClusterProgressDocument,
  ReportEventsDocument,
  UpdateClusterDocument,
} from '../../src/generated/client.js';
import { only, server } from '../rules/fixture.js';
import { eventsOf, next, progressOf } from '../rules/follow.js';
import { event, ok, report } from '../support/api.js';
import { type Message, Raw } from './raw.js';

const on = server({ logLevel: 'silent' });

const init = { type: 'connection_init' };
const subscribe = (id: string) => ({
  id,
  type: 'subscribe',
  payload: { query: 'subscription { clusterChanges { removed } }' },
});

/** Runs `attack` beside a reader of another socket, who must not notice. */
async function besideAReader(attack: () => Promise<void>): Promise<void> {
  const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 10 });
  const reader = eventsOf(on.url, clusterId);
  await next(reader);
  await attack();
  const one = event(only(stepIds));
  await report(on.url, [one]);
  expect((await next(reader)).clusterEvents.events).toMatchObject([{ id: one.id }]);
}

describe('what a client does against the protocol ends its own socket, with a code that says what it was', () => {
  type Attack = (raw: Raw) => void | Promise<void>;
  const first =
    (...messages: (Message | string)[]): Attack =>
    (raw) => {
      for (const message of messages) raw.send(message);
    };
  const later =
    (...messages: (Message | string)[]): Attack =>
    async (raw) => {
      await raw.init();
      await first(...messages)(raw);
    };
  const bytes =
    (...frame: number[]): Attack =>
    (raw) =>
      void raw.socket.write(Buffer.from(frame));

  const asking = (more: object) => ({ id: '1', type: 'subscribe', payload: { query: '{ __typename }', ...more } });

  const pieces =
    (count: number): Attack =>
    (raw) => {
      for (let sent = 0; sent < count; sent++) raw.ws.send(' ', { fin: false });
    };

  test.each<[string, number, Attack]>([
    ['a text that is not JSON', 4400, first('{"type":')],
    ['JSON that is no message', 4400, first('[1, 2]')],
    ['JSON null', 4400, first('null')],
    ['a message without a type', 4400, first('{"id": "1"}')],
    ['a message of a type that does not exist', 4400, first({ type: 'start' })],
    ['a message that only a server may send', 4400, later({ id: '1', type: 'next', payload: {} })],
    ['a subscription without an id', 4400, later({ type: 'subscribe', payload: { query: '{ viewer { tenantId } }' } })],
    ['a subscription without a payload', 4400, later({ id: '1', type: 'subscribe' })],
    ['a query that is no text', 4400, later({ id: '1', type: 'subscribe', payload: { query: 7 } })],
    ['an operation name that is no text', 4400, later(asking({ operationName: 7 }))],
    ['variables that are a list', 4400, later(asking({ variables: [] }))],
    ['extensions that are a text', 4400, later(asking({ extensions: 'none' }))],
    ['an id of 256 characters', 4400, later(subscribe('x'.repeat(256)))],
    ['an id to complete that is none', 4400, later({ type: 'complete' })],
    ['a payload of a ping that is no object', 4400, first('{"type":"ping","payload":7}')],
    [
      'a message nested too deep to be said again',
      4400,
      later(`{"type":"ping","payload":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`),
    ],
    ['a NUL byte', 4400, first('\0')],
    ['a message of nothing', 4400, first('')],
    ['a binary message', 1003, (raw) => raw.ws.send(Buffer.from(JSON.stringify(init)), { binary: true })],
    ['more than 4 KiB before it is acknowledged', 1009, first({ ...init, payload: { token: 'x'.repeat(4096) } })],
    ['a message in more than 256 fragments', 1008, pieces(300)],
    ['a subscription before connection_init', 4401, first(subscribe('1'))],
    ['nothing, for three seconds', 4408, () => {}],
    ['an id that is in use', 4409, later(subscribe('1'), subscribe('1'))],
    ['a long id that is in use', 4409, later(subscribe('x'.repeat(255)), subscribe('x'.repeat(255)))],
    ['connection_init twice', 4429, later(init)],
    ['a frame of more than 64 KiB', 1009, later(`"${'x'.repeat(64 * 1024)}"`)],
    ['a frame that claims to have 2^62 bytes', 1009, bytes(0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0)],
    ['a frame without a mask', 1002, bytes(0x81, 0x02, 0x7b, 0x7d)],
    ['a frame with a reserved bit', 1002, bytes(0xc1, 0x80, 1, 2, 3, 4)],
    ['a frame of a reserved opcode', 1002, bytes(0x83, 0x80, 1, 2, 3, 4)],
    ['a text that is not UTF-8', 1007, bytes(0x81, 0x81, 0, 0, 0, 0, 0xff)],
  ])('%s: %i', async (_, code, attack) => {
    await besideAReader(async () => {
      const raw = await Raw.connect(on.url);
      await attack(raw);
      expect(await raw.closed).toBe(code);
    });
  });

  test('a subprotocol that is not spoken: 4406', async () => {
    await besideAReader(async () => expect(await (await Raw.connect(on.url, [])).closed).toBe(4406));
  });

  test('what comes after a fault is not heeded', async () => {
    const raw = await Raw.open(on.url);
    raw.send('no message');
    raw.subscribe('1', '{ __typename }');
    expect(await raw.closed).toBe(4400);
    expect(raw.messages.filter(({ id }) => id === '1')).toEqual([]);
  });

  test('a socket that breaks off in the midst of a frame', async () => {
    await besideAReader(async () => {
      const raw = await Raw.open(on.url);
      raw.socket.write(Buffer.from([0x81, 0xfe, 0x10]));
      raw.socket.destroy();
      await raw.closed;
    });
  });
});

describe('what the protocol leaves to a client is served', () => {
  test('a ping with a payload, before and after it is acknowledged, gets a pong with the same', async () => {
    const raw = await Raw.connect(on.url);
    const payload = { text: 'x'.repeat(1_000), list: [null, { deep: true }] };
    raw.send({ type: 'ping', payload });
    expect(await raw.find(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload });
    await raw.init();
    raw.send({ type: 'ping' });
    raw.send({ type: 'pong', payload });
    raw.subscribe('1', '{ __typename }');
    await raw.find(({ type }) => type === 'complete');
    expect(raw.messages.filter(({ type }) => type === 'pong')).toEqual([{ type: 'pong', payload }, { type: 'pong' }]);
  });

  test('a ping of the websocket gets a pong of the websocket', async () => {
    const raw = await Raw.connect(on.url);
    const answered = once(raw.ws, 'pong');
    raw.ws.ping('are you there?');
    expect(String((await answered)[0])).toBe('are you there?');
  });

  test('a message in fragments', async () => {
    const raw = await Raw.open(on.url);
    for (const [piece, fin] of [
      ['{"type":', false],
      ['"ping","payload":{"a":', false],
      ['"ü"}}', true],
    ] as const)
      raw.ws.send(piece, { fin });
    expect(await raw.find(({ type }) => type === 'pong')).toMatchObject({ payload: { a: 'ü' } });
  });

  test('to complete what there is not, or no longer', async () => {
    const raw = await Raw.open(on.url);
    raw.send({ id: 'never', type: 'complete' });
    raw.subscribe('1', '{ __typename }');
    await raw.find(({ type }) => type === 'complete');
    raw.send({ id: '1', type: 'complete' });
    raw.subscribe('1', '{ __typename }');
    await raw.find(({ type }) => type === 'complete');
    expect(raw.ws.readyState).toBe(raw.ws.OPEN);
  });

  test('queries and mutations: their result and its errors, then complete', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 1 });
    const raw = await Raw.open(on.url);
    raw.subscribe('1', String(ReportEventsDocument), { input: { events: [event(only(stepIds))] } });
    await raw.find(({ id, type }) => id === '1' && type === 'complete');
    raw.subscribe('2', `{ cluster(id: "${clusterId}") { events(first: -1) { nodes { id } } } }`);
    await raw.find(({ id, type }) => id === '2' && type === 'complete');
    expect(raw.messages.slice(1)).toMatchObject([
      { id: '1', type: 'next', payload: { data: { reportEvents: { results: [{ outcome: 'RECORDED' }] } } } },
      { id: '1', type: 'complete' },
      { id: '2', type: 'next', payload: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } },
      { id: '2', type: 'complete' },
    ]);
  });
});

describe('what is wrong with one subscription is an error of that subscription alone', () => {
  const log = (after: string) => [String(ClusterEventsDocument), { after }] as const;

  test.each<[string, string, string, object]>([
    ['a cluster that is not there', 'NOT_FOUND', String(ClusterProgressDocument), { clusterId: crypto.randomUUID() }],
    [
      'a cluster id that is none',
      'NOT_FOUND',
      String(ClusterProgressDocument),
      { clusterId: '\0; DROP TABLE cluster' },
    ],
    ['a step that is not there', 'NOT_FOUND', String(ClusterEventsDocument), { stepId: crypto.randomUUID() }],
    ['a cursor that is none', 'BAD_USER_INPUT', ...log('garbage')],
    ['an empty cursor', 'BAD_USER_INPUT', ...log('')],
    ['a cursor of another list', 'BAD_USER_INPUT', ...log(Buffer.from('["o",1]').toString('base64url'))],
    ['a cursor below zero', 'BAD_USER_INPUT', ...log(Buffer.from('["e",-1]').toString('base64url'))],
    ['a cursor of 10,000 characters', 'BAD_USER_INPUT', ...log('x'.repeat(10_000))],
    ['a revision that is a text', 'BAD_USER_INPUT', String(ClusterProgressDocument), { after: 'now' }],
    ['a revision beyond an Int', 'BAD_USER_INPUT', String(ClusterProgressDocument), { after: 2 ** 31 }],
    ['a document that cannot be parsed', 'BAD_USER_INPUT', 'subscription {', {}],
    ['a field that does not exist', 'BAD_USER_INPUT', 'subscription { clusterPogress { revision } }', {}],
    ['a document of nothing', 'BAD_USER_INPUT', '', {}],
  ])('%s: %s', async (_, code, query, variables) => {
    const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 10 });
    const raw = await Raw.open(on.url);
    raw.subscribe('good', String(ClusterEventsDocument), { clusterId });
    await raw.find(({ id }) => id === 'good');
    raw.subscribe('bad', query, { clusterId, ...variables });
    const { type, payload } = await raw.find(({ id }) => id === 'bad');
    expect([type, payload.map(({ extensions }: { extensions: object }) => extensions)]).toMatchObject([
      'error',
      [{ code }],
    ]);
    const one = event(only(stepIds));
    await report(on.url, [one]);
    await raw.find(({ id, payload }) => id === 'good' && payload.data.clusterEvents.events[0]?.id === one.id);
  });

  test('more subscriptions than a socket may have: LIMIT_EXCEEDED', async () => {
    const raw = await Raw.open(on.url);
    const { clusterId } = await on.running('Working');
    for (let id = 1; id <= 33; id++) raw.subscribe(String(id), String(ClusterProgressDocument), { clusterId });
    const refused = await raw.find(({ type }) => type === 'error');
    expect(refused).toMatchObject({ id: '33', payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] });
    raw.send({ id: '1', type: 'complete' });
    raw.subscribe('34', String(ClusterProgressDocument), { clusterId });
    await raw.find(({ id, type }) => id === '34' && type === 'next');
  });
});

test('an id that was left and asked for again at once, by whatever kind of operation, is that operation alone', async () => {
  const { clusterId } = await on.running('Working');
  const raw = await Raw.open(on.url);
  for (let time = 0; time < 50; time++) {
    raw.subscribe('1', String(ClusterProgressDocument), { clusterId });
    raw.send({ id: '1', type: 'complete' });
    raw.subscribe('1', '{ __typename }');
    await raw.find(({ type }) => type === 'complete');
    raw.messages.splice(0);
  }
  await ok(on.url, UpdateClusterDocument, { input: { id: clusterId, status: 'Active' } });
  raw.subscribe('2', String(ClusterProgressDocument), { clusterId });
  await raw.find(({ id, type }) => id === '2' && type === 'next');
  expect(raw.messages.filter(({ id }) => id === '1')).toEqual([]);
});

const partsOf = (cursor: string): unknown[] => JSON.parse(Buffer.from(cursor, 'base64url').toString());
const cursorOf = (parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

test('W1: a revision of the future is answered with a snapshot', async () => {
  const { clusterId } = await on.running('Working');
  const [, , epoch] = partsOf((await next(progressOf(on.url, clusterId))).clusterProgress.cursor);
  const raw = await Raw.open(on.url);
  raw.subscribe('1', String(ClusterProgressDocument), { clusterId, after: cursorOf(['p', 2 ** 31 - 1, epoch]) });
  const { payload } = await raw.find(({ type }) => type === 'next');
  expect(payload.data.clusterProgress).toMatchObject({ snapshot: true, steps: [{ stepName: 'Working' }] });
});

test('W4: a cursor of the future is answered with a reset and the log from its beginning', async () => {
  const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 10 });
  const one = event(only(stepIds));
  await report(on.url, [one]);
  const [, , epoch] = partsOf((await next(eventsOf(on.url, clusterId))).clusterEvents.cursor);
  const after = cursorOf(['e', 2 ** 31 - 1, epoch]);
  expect((await next(eventsOf(on.url, clusterId, { after }))).clusterEvents).toMatchObject({
    reset: true,
    events: [{ id: one.id }],
  });
});
