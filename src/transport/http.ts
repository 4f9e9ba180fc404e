import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/identity.js';
import type { AuthOptions } from '../auth/options.js';
import { createContext, type Services } from '../graphql/context.js';
import { createFirstMessage } from '../graphql/first-message.js';
import type { PrepareOrCheck } from '../graphql/prepare.js';
import type { Limits } from '../limits/limits.js';
import { addTelemetry } from './answers.js';
import { createApollo } from './apollo.js';
import { addAuthentication, callerOf, forAnybody } from './authenticate.js';
import { Bodies, type BodyLimits, bodyLimits } from './body.js';
import { addCompression } from './compress.js';
import { Connections } from './connections.js';
import type { Door } from './door.js';
import { addGraphql } from './graphql.js';
import { addHealth } from './health.js';
import { addHttpErrors, answerError, answerRefusal } from './http-errors.js';
import { addLimits } from './limits.js';
import { listenOnOther } from './listen.js';
import { addMetrics, type Exposition } from './metrics.js';
import { addPages } from './pages.js';
import { commonHeaders } from './refusal.js';
import { requestIdOf } from './request-id.js';
import { addRest } from './rest.js';
import { createHttpServer, type Deadlines, deadlines } from './server.js';
import { addSignIn } from './sign-in.js';
import { type Telemetry, untold } from './telemetry.js';

export interface HttpOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly prepare: PrepareOrCheck;
  readonly log: Logger;
  readonly door: Door;
  readonly authenticator: Authenticator;
  readonly limits: Limits;
  /** What pages may sign in with. */
  readonly auth: AuthOptions;
  /** Whether the server can do its work now, for `/readyz`. */
  readonly ready: () => boolean | Promise<boolean>;
  readonly telemetry?: Telemetry;
  /** What `/metrics` answers. */
  readonly exposition?: Exposition;
  readonly bodies?: BodyLimits;
  readonly deadlines?: Deadlines;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly backlog?: number;
}

/** All that is served over HTTP. */
export interface Http {
  /** Emits `upgrade`. */
  readonly server: Server;
  /** Says where: `http://127.0.0.1:4000`. */
  listen(address: Address): Promise<string>;
  /** From now on connections are refused, and those on which no request is under way are closed. */
  stopAccepting(): void;
  /** Stops accepting; resolves when what was under way has been answered, or cut off after its deadline. */
  close(): Promise<void>;
}

/** Milliseconds that requests under way may still take once the server stops. */
const drainMs = 2_500;

/** Not yet listening. */
export async function createHttp(options: HttpOptions): Promise<Http> {
  const connections = new Connections();
  const servers: Server[] = [];
  const http = fastify({
    serverFactory: (listener) => {
      const create = () => createHttpServer(listener, connections, options.deadlines ?? deadlines);
      servers.push(create(), create());
      return servers[0] as Server;
    },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, options.log),
    genReqId: ({ headers }) => requestIdOf(headers),
    return503OnClosing: false,
    // A longer id is none that is known, and told so in words. Node lets no path be longer.
    routerOptions: { maxParamLength: 16 * 1024 },
  });
  addTelemetry(http, options.telemetry ?? untold);
  addHeaders(http, connections);
  addDoor(http, options.door);
  addHttpErrors(http, options.log, options.auth.oidc?.issuer);
  addAuthentication(http, options.authenticator, options.limits);
  addLimits(http, options.limits);
  addBodies(http, new Bodies(options.bodies ?? bodyLimits));
  addCompression(http);
  addHealth(http, options.ready);
  addSignIn(http, options.auth);
  if (options.exposition) addMetrics(http, options.exposition);
  await addPublicPages(http, options.auth);
  addRest(http, options.services, options.limits);
  await addApi(http, options);
  const listen = async ({ host, port, backlog }: Address) => {
    const url = await http.listen({ host, port, ...(backlog && { backlog }) });
    if (host === 'localhost') await listenOnOther(http.server, servers[1] as Server, backlog);
    return url;
  };
  return { server: http.server, listen, ...closing(http, servers[1] as Server, connections) };
}

function closing(http: FastifyInstance, other: Server, connections: Connections) {
  let closed: Promise<void> | undefined;
  const stopAccepting = () => {
    closed ??= http.close();
    // `close` reports it.
    closed.catch(() => {});
    other.close();
    connections.closeIdle();
  };
  const close = async () => {
    stopAccepting();
    const timer = setTimeout(() => connections.destroy(), drainMs);
    await closed;
    clearTimeout(timer);
  };
  return { stopAccepting, close };
}

function addHeaders(http: FastifyInstance, connections: Connections): void {
  http.addHook('onRequest', async (_, reply) => void reply.headers(commonHeaders));
  // A caller may keep its connection for as long as it likes, and closing waits for it: the last answer ends it.
  http.addHook('onSend', async (_, reply) => {
    if (connections.closing) reply.header('connection', 'close');
  });
}

function addDoor(http: FastifyInstance, door: Door): void {
  http.addHook('onRequest', async ({ raw }, reply) => {
    const refusal = door.admit(raw);
    return refusal ? answerRefusal(reply.header('connection', 'close'), refusal) : undefined;
  });
}

function addBodies(http: FastifyInstance, bodies: Bodies): void {
  const responses = new WeakMap<IncomingMessage, ServerResponse>();
  http.addHook('onRequest', async (request, reply) => void responses.set(request.raw, reply.raw));
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', async (request: FastifyRequest) =>
    bodies.read(request.raw, responses.get(request.raw) as ServerResponse, callerOf(request)),
  );
}

/** They hold nobody's data: those the page asks for itself. */
async function addPublicPages(http: FastifyInstance, { oidc }: AuthOptions): Promise<void> {
  await http.register(async (pages) => {
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...forAnybody.config };
    });
    await addPages(pages, oidc?.issuer);
  });
}

async function addApi(
  http: FastifyInstance,
  { schema, services, prepare, log, limits, ready, telemetry = untold }: HttpOptions,
): Promise<void> {
  const firstMessage = createFirstMessage({ schema, services, log, answers: ready });
  const apollo = createApollo(schema, prepare, firstMessage, log);
  await apollo.start();
  http.addHook('onClose', () => apollo.stop());
  addGraphql(http, apollo, telemetry, ({ caller, id }, signal, told) =>
    Object.assign(createContext(services, caller, { signal, holder: id }), told, { limits: limits.ofCaller(id) }),
  );
}
