import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { everybody } from '../../src/auth/everybody.js';
import type { FollowOptions } from '../../src/graphql/follow.js';
import type { PrepareOperation } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { createDoor } from '../../src/transport/door.js';
import { untold } from '../../src/transport/telemetry.js';
import { attachWebsocket } from '../../src/transport/websocket/server.js';
import { Raw } from '../reliability/raw.js';
import { usualLimits } from '../support/limits.js';

/** The websocket of a server that has nothing behind it but what `prepare` does. */
async function attached(prepare: PrepareOperation, authenticator = everybody) {
  const server = createServer();
  const logged: [string, object, string][] = [];
  const to = (level: string) => (entry: object, message: string) => void logged.push([level, entry, message]);
  const websocket = attachWebsocket({
    server,
    prepare,
    schema: loadSchema(),
    services: {} as FollowOptions['services'],
    log: { error: to('error'), warn: to('warn'), info: to('info') },
    door: createDoor({ allowedHosts: [] }),
    authenticator,
    limits: usualLimits(),
    readerTimeoutSeconds: 30,
    answers: async () => true,
    time: () => new Date(),
    telemetry: untold,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await websocket.close();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, logged };
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
