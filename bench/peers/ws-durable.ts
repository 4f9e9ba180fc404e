// The limit of durable fan-out: a bare HTTP server that commits each report, then sends one buffer to every bare socket.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answer } from '../support/child.js';
import { durable } from './durable.js';
import type { ReportArguments } from './schema.js';

const { target, report } = await durable();
const subscribers = new Set<WebSocket>();
let size = 0;

const http = createServer(async (request, response) => {
  const { variables } = JSON.parse(await bodyOf(request)) as { variables: ReportArguments };
  const { answer, clusterProgress } = await report(variables);
  broadcast(Buffer.from(JSON.stringify({ type: 'next', payload: { data: { clusterProgress } } }).padEnd(size)));
  const body = JSON.stringify({ data: { reportEvents: answer } });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
});

/** To those who have taken the message before: as ours, it keeps at most one for a slow reader. */
function broadcast(message: Buffer): void {
  for (const socket of subscribers) if (socket.bufferedAmount === 0) socket.send(message, { binary: false });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

// The same first words as our protocol's, so that the same client can count: a greeting, and an answer to each message.
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.once('message', () => {
    socket.send('{"type":"connection_ack"}');
    socket.once('message', () => subscribers.add(socket));
  });
  socket.on('close', () => subscribers.delete(socket));
});
await once(http.listen(0, '127.0.0.1'), 'listening');

answer({
  url: () => `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
  target,
  subscribers: () => subscribers.size,
  /** Bytes of a message from now on, at least. */
  size(bytes: number) {
    size = bytes;
  },
});
