// A bare `ws` server that commits once for each message it gets, and then sends the message to every socket.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answer } from '../support/child.js';
import { peerDatabase } from './database.js';

const { pool } = await peerDatabase();
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });

server.on('connection', (socket) => {
  socket.once('message', () => {
    socket.send('{"type":"connection_ack"}');
    socket.once('message', () => {
      socket.send('{"type":"first"}');
      socket.on('message', (message: Buffer) => void echo(message));
    });
  });
});
await once(server, 'listening');

/** A commit that has the least to write: one message in the database's own log. */
async function echo(message: Buffer) {
  await pool.query({ name: 'commit', text: "SELECT pg_logical_emit_message(true, 'bench', 'a report')" });
  for (const client of server.clients) client.send(message, { binary: false });
}

answer({ url: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` });
