import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { Fault } from '../../domain/errors.js';
import { shown } from '../../domain/shown.js';
import type { Limits } from '../../limits/limits.js';
import { type Door, pathOf } from '../door.js';
import { serveWithoutUpgrade, wantsWebsocket } from '../plain-http.js';
import { rawAnswer } from '../raw-answer.js';
import { type Refusal, refusalOfFault } from '../refusal.js';

/** Milliseconds in which a socket must have become a websocket; those that are refused have as long to read why. */
const deadlineMs = 2_000;

export interface UpgradeOptions {
  readonly server: Server;
  readonly sockets: WebSocketServer;
  readonly door: Door;
  readonly limits: Limits;
  readonly opened: (ws: WebSocket, socket: Socket, request: IncomingMessage) => void;
}

/**
 * Turns HTTP connections into websockets. Once Node emits `upgrade`, it no longer handles errors of the connection or
 * limits its time: both are set up here first, whatever the outcome. `close` refuses what comes from then
 * on, and ends what is not yet a websocket.
 */
export class Upgrades {
  readonly #options: UpgradeOptions;
  readonly #pending = new Set<Socket>();
  #closing = false;

  constructor(options: UpgradeOptions) {
    this.#options = options;
    options.sockets.on('wsClientError', ({ message }: Error, socket: Duplex, request: IncomingMessage) =>
      refuse(socket as Socket, noHandshake(message, request)),
    );
    options.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket as Socket, head),
    );
  }

  close(): void {
    this.#closing = true;
    for (const socket of this.#pending) socket.destroy();
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (socket.destroyed) return;
    if (!wantsWebsocket(request)) return void serveWithoutUpgrade(this.#options.server, request, socket, head);
    socket.on('error', ignoreError);
    const settled = this.#bound(socket);
    const refusal = this.#refusal(request) ?? this.#count(request, socket);
    if (refusal) refuse(socket, refusal);
    else
      this.#options.sockets.handleUpgrade(request, socket, head, (ws) => {
        settled();
        this.#options.opened(ws, socket, request);
      });
  }

  #refusal(request: IncomingMessage): Refusal | null {
    if (this.#closing) return goingAway;
    return this.#options.door.admit(request) ?? (paths.includes(pathOf(request)) ? null : unknownPath(request));
  }

  /** Counts it for its address until it is closed, or says that it is one too many. */
  #count(request: IncomingMessage, socket: Socket): Refusal | null {
    try {
      socket.once('close', this.#options.limits.ofAddress(request).upgrade());
      return null;
    } catch (error) {
      if (error instanceof Fault) return refusalOfFault(error);
      throw error;
    }
  }

  /** Destroys the socket at the deadline, unless what it returns is called before. */
  #bound(socket: Socket): () => void {
    const timer = setTimeout(() => socket.destroy(), deadlineMs);
    const settled = () => {
      clearTimeout(timer);
      this.#pending.delete(socket);
      socket.off('close', settled);
    };
    this.#pending.add(socket);
    socket.on('close', settled);
    return settled;
  }
}

/**
 * A client may reset the connection at any time; what follows an error is `close`. One function for all sockets: made where a
 * request is at hand, it would keep that for as long as the socket.
 */
const ignoreError = () => {};

/** Answers and hangs up. What the client still sends is thrown away: unread, it would make TCP take the answer back. */
function refuse(socket: Socket, refusal: Refusal): void {
  socket.end(rawAnswer(refusal));
  socket.resume();
}

const paths = ['/graphql', '/graphql/'];

const unknownPath = (request: IncomingMessage): Refusal => ({
  status: 404,
  code: 'NOT_FOUND',
  message: `expected a websocket to be opened at /graphql, got ${shown(pathOf(request))}`,
});

/** What `ws` says of it. */
const noHandshake = (message: string, { method }: IncomingMessage): Refusal => ({
  status: method === 'GET' ? 400 : 405,
  code: 'BAD_USER_INPUT',
  message: `expected the handshake of a websocket (RFC 6455), got another request: ${message}`,
  headers: method === 'GET' ? { 'sec-websocket-version': '13' } : { allow: 'GET' },
});

const goingAway: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'the server is shutting down: reconnect with backoff',
};
