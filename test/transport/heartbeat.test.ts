import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { everybody } from '../../src/auth/everybody.js';
import { untold } from '../../src/transport/telemetry.js';
import { Connection, type ConnectionOptions } from '../../src/transport/websocket/connection.js';
import type { News } from '../../src/transport/websocket/staleness.js';
import { quiet } from '../support/database.js';
import { usualLimits } from '../support/limits.js';
import { until } from '../support/wait.js';

/** An acknowledged connection, and its client, which answers no ping of the websocket. */
async function mute() {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, 'graphql-transport-ws', { autoPong: false });
  const [[ws, { socket }]] = (await Promise.all([once(sockets, 'connection'), once(client, 'open')])) as [
    [WebSocket, { socket: Socket }],
    unknown,
  ];
  onTestFinished(() => {
    client.terminate();
    ws.terminate();
    server.close();
  });
  const limits = usualLimits();
  const address = limits.ofAddress({ socket, headers: {} } as never);
  const options = { log: quiet, authenticator: everybody, limits, telemetry: untold } as unknown as ConnectionOptions;
  const connection = new Connection(ws, socket, address, options, 'request');
  client.send('{"type":"connection_init"}');
  await once(client, 'message');
  return { client, connection, ws, socket };
}

test('a client that answers no ping is disconnected at the next', async () => {
  const { client, connection } = await mute();
  const closed = once(client, 'close');
  connection.probe();
  connection.probe();
  expect((await closed)[0]).toBe(1006);
});

test('W5: a client that was asked, then fell behind, and has read what waited, is asked anew before it is disconnected', async () => {
  const { client, connection, ws, socket } = await mute();
  client.pause();
  connection.probe();
  // More than the system holds between two sockets.
  connection.tell({ stale: { since: 'x'.repeat(30_000_000) } } as unknown as News);
  connection.probe();
  client.resume();
  await until(() => socket.writableLength === 0);
  const asked = once(client, 'ping');
  connection.probe();
  expect(ws.readyState).toBe(WebSocket.OPEN);
  await asked;
});
