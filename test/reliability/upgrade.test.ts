import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { server } from '../rules/fixture.js';
import { startApp } from '../support/app.js';
import { Raw } from './raw.js';
import { statusOf, tcp, type UpgradeRequest, upgradeRequest } from './tcp.js';

const on = server({ logLevel: 'silent' });

const isAlive = async () => expect((await fetch(`${on.url}/livez`)).status).toBe(200);

const requests: [string, number, UpgradeRequest][] = [
  ['to another path', 404, { path: '/nowhere' }],
  ['from a page of another origin', 403, { headers: { origin: 'https://elsewhere.example' } }],
  ['to a host of another name', 421, { headers: { host: 'elsewhere.example' } }],
  ['to a host that is none', 400, { headers: { host: 'a b' } }],
  ['from an origin that is none', 403, { headers: { origin: 'null' } }],
  ['with a key that is none', 400, { headers: { 'sec-websocket-key': 'short' } }],
  ['without a key', 400, { headers: { 'sec-websocket-key': null } }],
  ['of another version', 400, { headers: { 'sec-websocket-version': '7' } }],
  ['without a version', 400, { headers: { 'sec-websocket-version': null } }],
  ['with subprotocols that are none', 400, { headers: { 'sec-websocket-protocol': ',,' } }],
  ['by POST', 405, { method: 'POST' }],
];

describe('an upgrade that is refused', () => {
  test.each(requests)('%s: %i, and the connection is closed', async (_, status, request) => {
    const socket = await tcp(on.url);
    const closed = once(socket, 'close');
    socket.write(upgradeRequest(on.url, request));
    expect(await statusOf(socket)).toBe(status);
    // The client keeps its half open.
    await once(socket, 'end');
    socket.end();
    await closed;
  });

  test.each(requests)('%s: it is said why, as for any other request', async (_, status, request) => {
    const socket = await tcp(on.url);
    socket.write(upgradeRequest(on.url, request));
    const answer = await text(socket);
    expect(answer.split(' ')[1]).toBe(String(status));
    const { errors } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    expect(errors).toEqual([
      { message: expect.stringMatching(/^expected /), extensions: { code: expect.any(String) } },
    ]);
    socket.destroy();
  });

  test('is not kept open, whatever the client does: 500 of them', async () => {
    const sockets = await Promise.all(Array.from({ length: 500 }, () => tcp(on.url)));
    const refused = sockets.map(async (socket, index) => {
      socket.write(upgradeRequest(on.url, requests[index % requests.length]?.[2]));
      await once(socket.resume(), 'end');
      // Only a socket that is destroyed resets a client that goes on sending.
      while (!socket.destroyed) {
        socket.write('x');
        await turn();
      }
    });
    await Promise.all(refused);
  });
});

test('an upgrade behind a request that is not answered yet ends the connection: an answer never comes in a websocket', async () => {
  const socket = await tcp(on.url);
  const { host } = new URL(on.url);
  socket.write(`GET /readyz HTTP/1.1\r\nhost: ${host}\r\n\r\n${upgradeRequest(on.url)}`);
  expect(await text(socket)).not.toContain('101 Switching Protocols');
  await isAlive();
});

describe('a client that resets the connection', () => {
  const stages: [string, (socket: Socket, request: string) => Promise<void>][] = [
    ['in the midst of its request', async (socket, request) => void socket.write(request.slice(0, 60))],
    ['with its request', async (socket, request) => void socket.write(request)],
    [
      'a moment after its request',
      async (socket, request) => {
        socket.write(request);
        await turn();
      },
    ],
    [
      'once it is answered',
      async (socket, request) => {
        socket.write(request);
        await once(socket, 'data');
      },
    ],
  ];
  const all: typeof requests = [['that is welcome', 101, {}], ...requests];

  test.each(stages)('%s: other clients are not affected', async (_, until) => {
    for (const [, , request] of all) {
      for (let time = 0; time < 10; time++) {
        const socket = await tcp(on.url);
        await until(socket, upgradeRequest(on.url, request));
        socket.resetAndDestroy();
      }
    }
    await isAlive();
  });
});

test('a server that stops does not wait for those who are not websockets yet, or will not be closed', async () => {
  const app = await startApp({ logLevel: 'silent' });
  const sockets = await Promise.all(Array.from({ length: 20 }, () => tcp(app.url)));
  for (const [index, socket] of sockets.entries())
    socket.write(upgradeRequest(app.url, index % 2 ? {} : { path: '/nowhere' }));
  await Promise.all(sockets.map((socket) => once(socket, 'data')));
  const friendly = await Raw.open(app.url);
  const [code] = await Promise.all([friendly.closed, app.close()]);
  expect(code).toBe(1001);
});
