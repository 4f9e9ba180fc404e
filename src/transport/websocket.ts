import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLFormattedError,
  OperationTypeNode,
  type subscribe,
} from 'graphql';
import { CloseCode, type Context as Connection, makeServer, type SubscribePayload } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { Fault } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import { createContext } from '../graphql/context.js';
import { presentError } from '../graphql/errors.js';
import { type FollowOptions, follow, type Subscription } from '../graphql/follow.js';
import { isErrors, type PrepareOperation } from '../graphql/prepare.js';
import { localCaller } from './caller.js';
import { Heartbeat } from './heartbeat.js';
import { Wire } from './wire.js';

export interface WebsocketOptions extends FollowOptions {
  readonly server: Server;
  readonly prepare: PrepareOperation;
  /** Seconds after which a socket that takes nothing is closed (W5). */
  readonly readerTimeoutSeconds: number;
}

const limits = {
  /** Bytes of a frame from a client. */
  frame: 64 * 1024,
  /** Subscriptions, and other operations under way, on one socket. */
  operations: 32,
};

type Line = Connection<Record<string, unknown>, { wire: Wire }>;

/** graphql-transport-ws at /graphql. What a client may do wrong ends in the protocol's close codes or in an error on that operation alone. */
export function attachWebsocket(options: WebsocketOptions): { close(): Promise<void> } {
  const { server, log, readerTimeoutSeconds } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frame,
    perMessageDeflate: false,
    handleProtocols,
  });
  const protocol = makeServer<Record<string, unknown>, { wire: Wire }>(operations(options));
  const heartbeat = new Heartbeat(readerTimeoutSeconds, log);

  const upgrade = (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as Socket;
    const refusal = refuse(request);
    if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.setNoDelay(true);
    sockets.handleUpgrade(request, socket, head, (ws) => open(ws, new Wire(ws, socket)));
  };
  const open = (ws: WebSocket, wire: Wire) => {
    heartbeat.add(ws, wire);
    ws.on('error', (error) => log.info({ err: error }, 'a client broke the websocket protocol'));
    const closed = protocol.opened(connection(ws, log), { wire });
    ws.once('close', (code, reason) => {
      void closed(code, String(reason));
      wire.close();
    });
  };
  server.on('upgrade', upgrade);

  return {
    async close() {
      server.off('upgrade', upgrade);
      heartbeat.close();
      await Promise.all([...sockets.clients].map((ws) => goAway(ws)));
    },
  };
}

const handleProtocols = (protocols: Set<string>) =>
  protocols.has('graphql-transport-ws') ? 'graphql-transport-ws' : false;

/** A page of another origin has no business here: browsers let it open sockets to anywhere. */
function refuse({ url, headers }: IncomingMessage): string | null {
  if (url?.split('?')[0] !== '/graphql') return '404 Not Found';
  if (headers.origin !== undefined && hostOf(headers.origin) !== headers.host) return '403 Forbidden';
  return null;
}

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : null);

/** Tells a client that the server goes away; one that does not answer within a second is cut off. */
function goAway(ws: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => ws.terminate(), 1_000);
    ws.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    ws.close(1001, 'Going away');
  });
}

/** What graphql-ws asks of a socket. */
function connection(ws: WebSocket, log: Log) {
  return {
    protocol: ws.protocol,
    send: (data: string) =>
      new Promise<void>((resolve) => {
        // A socket that has failed is about to be closed, and says so by its own event.
        if (ws.readyState === WebSocket.OPEN) ws.send(data, () => resolve());
        else resolve();
      }),
    close: (code: number, reason: string) => ws.close(code, reason),
    onMessage: (take: (data: string) => Promise<void>) =>
      ws.on('message', (data) => {
        take(String(data)).catch((error) => {
          // graphql-ws throws at a message that only a server may send.
          if (/^Unexpected message of type /.test(error.message))
            return ws.close(CloseCode.BadRequest, 'Invalid message');
          log.error({ err: error }, 'a websocket message could not be handled');
          ws.close(CloseCode.InternalServerError, 'Internal server error');
        });
      }),
  };
}

/** How operations are prepared and executed. Subscriptions are joined to their groups; they send past graphql-ws. */
function operations({ prepare, schema, services, log, ...rest }: WebsocketOptions) {
  const shown = (errors: readonly unknown[]) => errors.map((error) => toGraphQLError(presentError(error, log)));
  return {
    async onSubscribe(line: Line, id: string, payload: SubscribePayload) {
      const { wire } = line.extra;
      wire.unclaim(id);
      if (Object.keys(line.subscriptions).length > limits.operations) return shown([tooMany()]);
      const prepared = prepare(payload);
      if (isErrors(prepared)) return shown(prepared);
      const { document, operationName, variables, operation } = prepared;
      const args = { schema, document, operationName, variableValues: variables };
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
        return { ...args, contextValue: createContext(services, localCaller) };
      }
      const claim = wire.claim(id);
      const subscription = await follow({ schema, services, log, ...rest }, prepared, localCaller);
      if (!wire.settle(id, claim)) return abandon(subscription);
      if (isErrors(subscription)) return shown(subscription);
      const source = wire.open(id).start(subscription.join, subscription.release);
      return { ...args, rootValue: source };
    },
    subscribe: (args: ExecutionArgs) => args.rootValue as Awaited<ReturnType<typeof subscribe>>,
    onNext: (
      _line: Line,
      _id: string,
      _payload: SubscribePayload,
      _args: ExecutionArgs,
      result: { readonly errors?: readonly GraphQLError[] | undefined },
    ) => (result.errors ? { ...result, errors: result.errors.map((error) => presentError(error, log)) } : undefined),
    onError: (_line: Line, _id: string, _payload: SubscribePayload, errors: readonly GraphQLError[]) =>
      errors.map((error) => (error.extensions.code ? error : toGraphQLError(presentError(error, log))).toJSON()),
  };
}

/** graphql-ws knows a subscription by its id alone: any answer would be taken for the next one's that has it. So there is none. */
function abandon(subscription: Subscription | readonly GraphQLError[]): Promise<never> {
  if (!isErrors(subscription)) subscription.release();
  return new Promise(() => {});
}

const tooMany = () =>
  new Fault('LIMIT_EXCEEDED', `expected at most ${limits.operations} operations under way on a socket, got one more`);

const toGraphQLError = ({ message, extensions, path, locations }: GraphQLFormattedError) =>
  Object.assign(new GraphQLError(message, { extensions }), { path, locations });
