import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Authenticator } from '../../src/auth/identity.js';
import { tokenOf } from '../auth/credentials.js';
import { ofIssuer } from '../auth/fixture.js';
import { Raw } from '../reliability/raw.js';
import { startIssuer } from '../support/issuer.js';
import { until } from '../support/wait.js';
import { serveWebsocket } from '../support/websocket.js';

/** A websocket that takes the tokens of an issuer, with its keys from elsewhere if said so, and how many identities it waits for the end of. */
async function serving(jwks?: string) {
  const issuer = await startIssuer();
  const { authenticate, watch, close } = await ofIssuer({ ...issuer.options, ...(jwks && { jwks }) });
  const watched = new Set<object>();
  const authenticator: Authenticator = {
    authenticate,
    close,
    watch(identity, ended) {
      const one = {};
      watched.add(one);
      const unwatch = watch(identity, ended);
      return () => {
        watched.delete(one);
        unwatch();
      };
    },
  };
  return { url: await serveWebsocket({ authenticator }), issuer, watched };
}

/** The URL of an issuer's keys that never come. */
async function silentJwks(): Promise<string> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

const init = (authorization: unknown) => ({ type: 'connection_init', payload: { authorization } });

test('a socket is whose token its connection_init has', async () => {
  const { url, issuer } = await serving();
  const raw = await Raw.open(url, await tokenOf(issuer, 'acme', 'REPORTER'));
  raw.subscribe('1', '{ viewer { tenantId roles } }');
  const { payload } = await raw.find(({ type }) => type === 'next');
  expect(payload).toEqual({ data: { viewer: { tenantId: 'acme', roles: ['VIEWER', 'REPORTER'] } } });
});

test.each([
  ['no payload', { type: 'connection_init' }],
  ['no token', init(undefined)],
  ['null', init(null)],
  ['a number', init(7)],
  ['an object', init({ toString: 'Bearer' })],
  ['a text that is no token', init('Bearer x')],
])('%s for a token: 4403', async (_, message) => {
  const { url } = await serving();
  const raw = await Raw.connect(url);
  raw.send(message);
  expect(await raw.closed).toBe(4403);
  expect(raw.messages).toEqual([]);
});

test('a role that is too low is the error of one operation, and the socket goes on', async () => {
  const { url, issuer } = await serving();
  const raw = await Raw.open(url, await tokenOf(issuer, 'acme', 'VIEWER'));
  raw.subscribe('1', 'mutation { heartbeat(input: { operationId: "a" }) { leaseExpiresAt } }');
  const { payload } = await raw.find(({ id, type }) => id === '1' && type === 'error');
  expect(payload).toMatchObject([
    {
      message: 'expected a caller with the role REPORTER for heartbeat, got one with VIEWER',
      extensions: { code: 'FORBIDDEN', retryable: false },
    },
  ]);
  raw.subscribe('2', '{ viewer { tenantId } }');
  await raw.find(({ id, type }) => id === '2' && type === 'next');
});

test.each([
  ['an operation', 4401, { id: '1', type: 'subscribe', payload: { query: '{ __typename }' } }],
  ['connection_init again', 4429, init('Bearer x')],
  ['more than 4 KiB', 1009, { type: 'ping', payload: { much: 'x'.repeat(4096) } }],
  ['what is no message', 4400, 'x'],
])('while a token is judged, %s closes the socket with %i', async (_, code, message) => {
  const { url, issuer, watched } = await serving(await silentJwks());
  const raw = await Raw.connect(url);
  raw.send(init(await tokenOf(issuer, 'acme', 'ADMIN')));
  raw.send({ type: 'ping' });
  await raw.find(({ type }) => type === 'pong');
  raw.send(message);
  expect(await raw.closed).toBe(code);
  expect(watched.size).toBe(0);
});

test('a token that is judged for too long is a connection_init that is too late: 4408', async () => {
  const { url, issuer } = await serving(await silentJwks());
  const raw = await Raw.connect(url);
  raw.send(init(await tokenOf(issuer, 'acme', 'ADMIN')));
  expect(await raw.closed).toBe(4408);
});

test('while the keys of the issuer are away, nobody can be judged: 1013', async () => {
  const { url, issuer } = await serving('http://127.0.0.1:1/jwks');
  const raw = await Raw.connect(url);
  raw.send(init(await tokenOf(issuer, 'acme', 'ADMIN')));
  expect(await raw.closed).toBe(1013);
});

test('A4: a socket is closed with 4403 when its token expires, and its operations end', async () => {
  const { url, issuer, watched } = await serving();
  const token = await issuer.token({ exp: Math.ceil(Date.now() / 1000) + 1 });
  const raw = await Raw.open(url, `Bearer ${token}`);
  expect(watched.size).toBe(1);
  expect(await raw.closed).toBe(4403);
  expect(watched.size).toBe(0);
  const again = await Raw.connect(url);
  again.send(init(`Bearer ${token}`));
  expect(await again.closed).toBe(4403);
});

test('nothing is kept of sockets that are closed, whoever closes them and when', async () => {
  const { url, issuer, watched } = await serving();
  const token = await tokenOf(issuer, 'acme', 'VIEWER');
  const raws = await Promise.all(Array.from({ length: 30 }, () => Raw.connect(url)));
  raws.forEach((raw, index) => {
    raw.send(init(token));
    if (index % 3 === 0) raw.ws.terminate();
    if (index % 3 === 1) raw.send('x');
  });
  await Promise.all(
    raws.filter((_, index) => index % 3 === 2).map((raw) => raw.find(({ type }) => type === 'connection_ack')),
  );
  await until(() => watched.size === 10);
  for (const raw of raws) raw.ws.close();
  await until(() => watched.size === 0);
});
