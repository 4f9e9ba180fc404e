import { describe, expect, test } from 'vitest';
import { ClusterEventsDocument, ClusterProgressDocument, UpdateClusterDocument } from '../../src/generated/client.js';
import { only, server } from '../rules/fixture.js';
import { eventsOf, next } from '../rules/follow.js';
import { event, ok, report } from '../support/api.js';
import { type Message, Raw } from './raw.js';

const on = server({ logLevel: 'silent' });

const init = { type: 'connection_init' };
const subscribe = (id: string) => ({
  id,
  type: 'subscribe',
  payload: { query: 'subscription { clusterChanges { deleted } }' },
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
    ['a NUL byte', 4400, first('\0')],
    ['a subscription before connection_init', 4401, first(subscribe('1'))],
    ['nothing, for three seconds', 4408, () => {}],
    ['an id that is in use', 4409, later(subscribe('1'), subscribe('1'))],
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

  test('a socket that breaks off in the midst of a frame', async () => {
    await besideAReader(async () => {
      const raw = await Raw.open(on.url);
      raw.socket.write(Buffer.from([0x81, 0xfe, 0x10]));
      raw.socket.destroy();
      await raw.closed;
    });
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

test('W1: a revision of the future is answered with a snapshot', async () => {
  const { clusterId } = await on.running('Working');
  const raw = await Raw.open(on.url);
  raw.subscribe('1', String(ClusterProgressDocument), { clusterId, after: 2 ** 31 - 1 });
  const { payload } = await raw.find(({ type }) => type === 'next');
  expect(payload.data.clusterProgress).toMatchObject({ snapshot: true, steps: [{ stepName: 'Working' }] });
});

test('W4: a cursor of the future is answered with a reset and the log from its beginning', async () => {
  const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 10 });
  const one = event(only(stepIds));
  await report(on.url, [one]);
  const after = Buffer.from('["e",2147483647]').toString('base64url');
  expect((await next(eventsOf(on.url, clusterId, { after }))).clusterEvents).toMatchObject({
    reset: true,
    events: [{ id: one.id }],
  });
});
