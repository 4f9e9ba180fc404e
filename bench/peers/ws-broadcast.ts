// A bare `ws` server that sends one prepared buffer to every socket, again and again: as fast as sockets take it.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { answer } from '../support/child.js';
import { memory } from '../support/memory.js';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const readers = new Set<WebSocket>();
let buffer = Buffer.from('{"type":"first"}');
let flooding = false;

// The same first words as our protocol's, so that the same client can count: a greeting, and an answer to each message.
server.on('connection', (socket) => {
  socket.once('message', () => {
    socket.send('{"type":"connection_ack"}');
    socket.once('message', () => {
      readers.add(socket);
      socket.send(buffer, { binary: false });
    });
  });
  socket.on('close', () => readers.delete(socket));
});
await once(server, 'listening');

async function flood() {
  while (flooding) {
    await Promise.all(Array.from(readers, sent));
    // Sends that the kernel takes at once never leave the microtasks: the loop has other things to do, too.
    await setImmediate();
  }
}

const sent = (reader: WebSocket) => new Promise((resolve) => reader.send(buffer, { binary: false }, resolve));

answer({
  url: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  start(size: number) {
    buffer = Buffer.alloc(size, 'x');
    flooding = true;
    void flood();
  },
  stop() {
    flooding = false;
  },
  memory,
});
