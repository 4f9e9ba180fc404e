import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { answerClientError } from './client-errors.js';
import type { Connections } from './connections.js';

/** Milliseconds. A request that has not come whole in time is answered with 408, a silent connection is closed. */
export interface Deadlines {
  readonly headers: number;
  /** Headers and body. */
  readonly request: number;
  /** How often they are looked at. */
  readonly interval: number;
}

export const deadlines: Deadlines = { headers: 10_000, request: 30_000, interval: 2_000 };

/** Longer than the minute after which proxies give up a connection: they are to close it, not this server beneath them. */
const keepAlive = 72_000;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Node's server, with a bound on the time of everything that a client may leave unfinished. */
export function createHttpServer(listener: Listener, connections: Connections, limits: Deadlines): Server {
  const server = createServer(options(limits), listener);
  server.on('clientError', (error, socket) => answerClientError(error, socket, connections));
  connections.watch(server);
  return server;
}

const options = ({ headers, request, interval }: Deadlines): ServerOptions => ({
  headersTimeout: headers,
  requestTimeout: request,
  connectionsCheckingInterval: interval,
  keepAliveTimeout: keepAlive,
  // The door refuses a request without `Host`, in words.
  requireHostHeader: false,
});
