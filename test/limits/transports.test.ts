import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config.js';
import type { LimitSettings } from '../../src/limits/limits.js';
import { post } from '../graphql/ask.js';
import { type Message, Raw } from '../reliability/raw.js';
import { startApp } from '../support/app.js';
import { postHead, viewer } from '../support/http.js';
import { RawHttp } from '../support/raw-http.js';
import { eventually, until } from '../support/wait.js';

/** A server with these limits, closed with the test. Everybody is one caller, at one address. */
async function limited(over: Partial<LimitSettings>, config: Parameters<typeof startApp>[0] = {}) {
  const app = await startApp({ limits: { ...readConfig({}).limits, ...over }, ...config });
  onTestFinished(() => app.close());
  return app;
}

const refusal = {
  message: expect.stringMatching(/^expected .*, got /),
  extensions: { code: 'LIMIT_EXCEEDED', retryable: true, retryAfterSeconds: expect.any(Number) },
};

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

/** What an operation is answered with over HTTP: its errors, null when it went well. Those refused are refused in full. */
async function byHttp(url: string, body: string = viewer) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { retryAfterSeconds: number } }[] };
  if (!errors) return null;
  expect([response.status, response.headers.get('retry-after')]).toEqual([
    429,
    String(errors[0]?.extensions.retryAfterSeconds),
  ]);
  return errors;
}

const query = (text: string) => JSON.stringify({ query: text });
const textOf = (body: string) => JSON.parse(body).query as string;

/** The same over a socket. */
const bySocket = async (raw: Raw, body: string = viewer) => (await allBySocket(raw, 1, body))[0];

/** Many at once. */
async function allBySocket(raw: Raw, count: number, body: string = viewer) {
  const ids = times(count, () => crypto.randomUUID());
  for (const id of ids) raw.subscribe(id, textOf(body));
  const outcomes: unknown[] = [];
  for (const id of ids) {
    const { type, payload } = await raw.find((message) => message.id === id);
    outcomes.push(type === 'error' ? payload : (payload.errors ?? null));
  }
  return outcomes;
}

/** How opening a websocket is refused: status and `retry-after`; null when it is not. */
async function upgrade(url: string) {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
  onTestFinished(() => ws.terminate());
  ws.on('error', () => {});
  const opened = once(ws, 'open').then(() => null);
  const answered = once(ws, 'unexpected-response').then(([, { statusCode, headers }]) => {
    ws.terminate();
    return [statusCode, headers['retry-after']] as [number, string];
  });
  return { ws, refusal: await Promise.race([opened, answered]) };
}

test('requests and operations a second: a burst of twice as many passes, and not many more', async () => {
  const { url } = await limited({ requestsPerSecond: 5 });
  const raw = await Raw.open(url);
  const both = (count: number) => Promise.all([Promise.all(times(count, () => byHttp(url))), allBySocket(raw, count)]);
  expect((await both(5)).flat()).toEqual(Array(10).fill(null));
  const [http, socket] = await both(30);
  expect(http).toContainEqual([refusal]);
  expect(socket).toContainEqual([refusal]);
  // It is not kept out: after a while it is let in again.
  await eventually(async () => expect(await byHttp(url)).toBeNull());
  await eventually(async () => expect(await bySocket(raw)).toBeNull());
});

test('requests under way, of both transports together', async () => {
  const { url } = await limited({ requestsUnderWay: 2 });
  const raw = await Raw.open(url);
  const held = await Promise.all(times(2, async () => (await RawHttp.open(url)).send(postHead(1000))));
  await until(async () => (await byHttp(url)) !== null);
  expect(await byHttp(url)).toEqual([refusal]);
  expect(await bySocket(raw)).toEqual([refusal]);
  held[0]?.socket.destroy();
  await eventually(async () => expect(await bySocket(raw)).toBeNull());
  await eventually(async () => expect(await byHttp(url)).toBeNull());
});

test('objects a minute, of both transports together', async () => {
  const { url } = await limited({ costPerMinute: 100 });
  const raw = await Raw.open(url);
  const dear = query('{ clusters(first: 48) { nodes { id } } }');
  expect([await byHttp(url, dear), await bySocket(raw, dear)]).toEqual([null, null]);
  expect([await byHttp(url, dear), await bySocket(raw, dear)]).toEqual([[refusal], [refusal]]);
  const poll = query('subscription { clusterChanges { removed clusters { id } } }');
  expect(await byHttp(url, poll)).toEqual([refusal]);
  const rest = await fetch(`${url}/v1.1/default/clusters`);
  expect([rest.status, Number(rest.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect(await rest.json()).toMatchObject({ error_code: 429, error_name: 'LIMIT_EXCEEDED' });
});

test('what a caller follows at a time', async () => {
  const { url } = await limited({ subscribedNodes: 25 });
  const [one, other] = await Promise.all([Raw.open(url), Raw.open(url)]);
  // 11 objects in a message, as expected: the message, and ten clusters.
  const document = 'subscription { clusterChanges { removed clusters { id } } }';
  const follow = async (raw: Raw, id: string): Promise<Message> => {
    raw.subscribe(id, document);
    return raw.find((message) => message.id === id);
  };
  expect((await follow(one, 'first')).type).toBe('next');
  expect((await follow(other, 'second')).type).toBe('next');
  expect(await follow(other, 'third')).toEqual({ id: 'third', type: 'error', payload: [refusal] });
  one.send({ id: 'first', type: 'complete' });
  await eventually(async () => expect((await follow(other, crypto.randomUUID())).type).toBe('next'));
  expect(await follow(one, 'fifth')).toMatchObject({ type: 'error' });
  other.ws.terminate();
  await eventually(async () => expect((await follow(one, crypto.randomUUID())).type).toBe('next'));
});

test('websockets of a caller: one more is closed with 1013 before it is acknowledged', async () => {
  const { url } = await limited({ socketsPerCaller: 2 });
  const [first] = await Promise.all([Raw.open(url), Raw.open(url)]);
  const third = await Raw.connect(url);
  third.send({ type: 'connection_init' });
  expect(await third.closed).toBe(1013);
  expect(third.messages).toEqual([]);
  first?.ws.close();
  await eventually(async () => void (await Raw.open(url)));
});

test('websockets of an address: one more is not opened', async () => {
  const { url } = await limited({ socketsPerAddress: 2 });
  const [first, second] = await Promise.all([upgrade(url), upgrade(url)]);
  expect([first.refusal, second.refusal]).toEqual([null, null]);
  expect((await upgrade(url)).refusal).toEqual([429, '1']);
  expect(await byHttp(url)).toBeNull();
  first.ws.terminate();
  await eventually(async () => expect((await upgrade(url)).refusal).toBeNull());
});

test('websockets that an address opens in a second', async () => {
  const { url } = await limited({ upgradesPerSecond: 2 });
  const burst = await Promise.all(times(4, () => upgrade(url)));
  expect(burst.map(({ refusal }) => refusal)).toEqual(Array(4).fill(null));
  const more = await Promise.all(times(50, () => upgrade(url)));
  expect(more.map(({ refusal }) => refusal)).toContainEqual([429, '1']);
  await eventually(async () => expect((await upgrade(url)).refusal).toBeNull());
});

test('a proxy that is trusted says whose address it is, each with its own limit', async () => {
  const { url } = await limited({ socketsPerAddress: 1, trustedProxies: ['127.0.0.1'] });
  const from = async (address: string) => {
    const raw = await RawHttp.open(url);
    const head = ['GET /graphql HTTP/1.1', 'host: localhost', 'connection: upgrade', 'upgrade: websocket'];
    const handshake = ['sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='];
    raw.send([...head, ...handshake, `x-forwarded-for: 1.2.3.4, ${address}`, '', ''].join('\r\n'));
    const [first] = (await once(raw.socket, 'data')) as [Buffer];
    return first.toString('latin1').split(' ')[1];
  };
  expect([await from('192.0.2.1'), await from('192.0.2.2'), await from('192.0.2.1')]).toEqual(['101', '101', '429']);
});

test('failed authentications of an address: beyond them no credentials are looked at, and none at all are no guess', async () => {
  const auth = { mode: 'on', jwt: null, oidc: null } as const;
  const { url } = await limited({ failedAuthenticationsPerMinute: 3 }, { auth });
  const ask = async (headers: Record<string, string> = {}) =>
    (await post(url, viewer, { 'content-type': 'application/json', ...headers })).status;
  const guess = () => ask({ authorization: `Bearer ${crypto.randomUUID()}` });
  const init = async (payload?: object) => {
    const raw = await Raw.connect(url);
    raw.send({ type: 'connection_init', payload });
    return raw.closed;
  };
  const guessBySocket = () => init({ authorization: `Bearer ${crypto.randomUUID()}` });
  for (let round = 0; round < 5; round++) expect([await ask(), await init()]).toEqual([401, 4403]);
  expect([await guess(), await guessBySocket(), await guess()]).toEqual([401, 4403, 401]);
  const outcomes = await Promise.all(times(20, (index) => (index % 2 ? guess() : guessBySocket())));
  expect(outcomes).toContain(429);
  expect(outcomes).toContain(1013);
});
