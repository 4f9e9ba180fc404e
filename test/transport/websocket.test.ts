import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { everybody } from '../../src/auth/everybody.js';
import type { PrepareOperation } from '../../src/graphql/prepare.js';
import { Raw } from '../reliability/raw.js';
import { serveWebsocket } from '../support/websocket.js';

/** The websocket of a server that has nothing behind it but what `prepare` does. */
async function attached(prepare: PrepareOperation, authenticator = everybody) {
  const logged: [string, object, string][] = [];
  const to = (level: string) => (entry: object, message: string) => void logged.push([level, entry, message]);
  const log = { error: to('error'), warn: to('warn'), info: to('info') };
  return { url: await serveWebsocket({ prepare, authenticator, log }), logged };
}

test('a fault in handling a message closes its socket with 4500, and is logged with its cause', async () => {
  const bug = new Error('a bug');
  const { url, logged } = await attached(() => {
    throw bug;
  });
  const other = await Raw.open(url);
  const raw = await Raw.open(url);
  raw.subscribe('1', '{ __typename }');
  expect(await raw.closed).toBe(4500);
  expect(logged).toMatchObject([['error', { err: bug }, 'a websocket message could not be handled']]);
  other.send({ type: 'ping' });
  await other.find(({ type }) => type === 'pong');
});

test('a fault in executing an operation is an error of that operation, and is logged with its cause', async () => {
  // No document that could be executed.
  const operation = { operation: 'query', selectionSet: { selections: [] } };
  const prepared = { operation, cost: { nodes: 1 } } as unknown as ReturnType<PrepareOperation>;
  const { url, logged } = await attached(() => prepared);
  const raw = await Raw.open(url);
  raw.subscribe('1', '{ __typename }');
  const { payload } = await raw.find(({ id, type }) => id === '1' && type === 'error');
  const [{ extensions }] = payload;
  expect(extensions.code).toBe('INTERNAL');
  expect(logged).toMatchObject([['error', { errorId: extensions.errorId }, expect.any(String)]]);
});

test('a fault in judging credentials closes the socket with 4500, and is logged with its cause', async () => {
  const bug = new Error('a bug');
  const prepare = () => {
    throw new Error('expected nothing to be prepared');
  };
  const { url, logged } = await attached(prepare, { ...everybody, authenticate: () => Promise.reject(bug) });
  const raw = await Raw.connect(url);
  raw.send({ type: 'connection_init' });
  expect(await raw.closed).toBe(4500);
  expect(logged).toMatchObject([['error', { err: bug }, 'a websocket message could not be handled']]);
});

test('no websocket is compressed, whatever its client offers', async () => {
  const { url } = await attached(() => {
    throw new Error('expected nothing to be prepared');
  });
  const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { perMessageDeflate: true });
  onTestFinished(() => ws.terminate());
  const [{ headers }] = await once(ws, 'upgrade');
  expect(headers['sec-websocket-protocol']).toBe('graphql-transport-ws');
  expect(headers).not.toHaveProperty('sec-websocket-extensions');
});
