import type { IncomingMessage, Server } from 'node:http';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Door } from '../door.js';
import { requestIdOf } from '../request-id.js';
import { Connection, type ConnectionOptions, limits } from './connection.js';
import { Heartbeat } from './heartbeat.js';
import { Staleness } from './staleness.js';
import { Upgrades } from './upgrade.js';

export interface WebsocketOptions extends ConnectionOptions {
  readonly server: Server;
  readonly door: Door;
  /** Seconds after which a socket that takes nothing is closed (W5). */
  readonly readerTimeoutSeconds: number;
  /** Whether the database can be used now; answers within 2 s. */
  readonly answers: () => Promise<boolean>;
  /** The time by the database's clock. */
  readonly time: () => Date;
}

/** Milliseconds until a socket is destroyed whose client does not answer the close frame; the second: at shutdown. */
const closeTimeout = 5_000;
const goingAwayTimeout = 1_000;

export interface Websockets {
  /** How many are open. */
  readonly size: number;
  close(): Promise<void>;
}

/** graphql-transport-ws at /graphql. */
export function attachWebsocket(options: WebsocketOptions): Websockets {
  const connections = new Set<Connection>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.message,
    // A message may come in pieces, but not in so many that their number is what costs.
    maxFragments: 256,
    maxBufferedChunks: 1024,
    perMessageDeflate: false,
    // The connection answers pings: it alone writes.
    autoPong: false,
    closeTimeout,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  // The answer to the upgrade names the socket, as any answer does its request.
  const requestIds = new WeakMap<IncomingMessage, string>();
  sockets.on('headers', (headers, request) => {
    const id = requestIdOf(request.headers);
    requestIds.set(request, id);
    headers.push(`x-request-id: ${id}`);
  });
  const heartbeat = new Heartbeat(connections, options.readerTimeoutSeconds * 1000);
  const staleness = new Staleness({
    isWanted: () => connections.size > 0,
    answers: options.answers,
    time: options.time,
    tell: (news) => {
      for (const connection of connections) connection.tell(news);
    },
  });
  const upgrades = new Upgrades({
    server: options.server,
    sockets,
    door: options.door,
    limits: options.limits,
    opened: (ws, socket, request) => {
      const requestId = requestIds.get(request) ?? requestIdOf(request.headers);
      const connection = new Connection(ws, socket, options.limits.ofAddress(request), options, requestId);
      connections.add(connection);
      if (staleness.news.stale) connection.tell(staleness.news);
      ws.once('close', () => connections.delete(connection));
    },
  });

  return {
    get size() {
      return connections.size;
    },
    async close() {
      upgrades.close();
      heartbeat.close();
      staleness.close();
      for (const connection of connections) connection.goAway();
      await closed(sockets);
    },
  };
}

/** Waits until the sockets are closed; cuts off those that still are not after a moment. */
async function closed(sockets: WebSocketServer): Promise<void> {
  const timer = setTimeout(() => {
    for (const ws of sockets.clients) ws.terminate();
  }, goingAwayTimeout);
  await new Promise((resolve) => sockets.close(resolve));
  clearTimeout(timer);
}
