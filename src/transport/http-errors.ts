import { finished } from 'node:stream/promises';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import type { ErrorCode } from '../domain/errors.js';
import { cut, printable, shown } from '../domain/shown.js';
import { presentError } from '../graphql/errors.js';
import { errorBody } from '../rest/errors.js';
import { pathOf } from './door.js';
import { graphqlPaths } from './graphql.js';
import { answerNowhere, isVisit } from './pages.js';
import { commonHeaders, type Refusal, RefusedError, refusalBody, refusalHeaders } from './refusal.js';
import { logFor } from './request-id.js';
import { isRest, notServedByRest } from './rest.js';

/** Milliseconds that a body may still take to arrive which is not wanted. */
const unwantedBodyMs = 5_000;

/**
 * Whatever goes wrong is answered in GraphQL's form, of REST in OpenStack's; only what is the server's own fault is logged.
 * `issuer`: as of `addPages`.
 */
export function addHttpErrors(http: FastifyInstance, log: Logger, issuer?: string): void {
  http.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, log));
  http.setNotFoundHandler((request, reply) => answerNotServed(request, reply, issuer));
  // Before its body is parsed.
  http.addHook('onRequest', async (request, reply) =>
    request.is404 ? answerNotServed(request, reply, issuer) : undefined,
  );
}

export async function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Logger) {
  const refusal = refusalOf(error, request);
  if (!refusal) return answerFault(reply, presentError(error, logFor(log, request.id)));
  // Cut off while sending, the caller might never see the answer.
  if ([413, 429, 503].includes(refusal.status)) await readToEnd(request);
  return answerRefusal(reply, refusal);
}

/** A browser gets a page, a program an error of the interface that it has asked. */
function answerNotServed(
  request: FastifyRequest,
  reply: FastifyReply,
  issuer: string | undefined,
): FastifyReply | Promise<FastifyReply> {
  const path = pathOf(request.raw);
  const isOfApi = graphqlPaths.includes(path) || isRest(path);
  return !isOfApi && isVisit(request) ? answerNowhere(reply, issuer) : answerRefusal(reply, notServed(request));
}

export function answerRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, code, message } = refusal;
  refusals.set(reply.request.raw, code);
  const body = isOfRest(reply) ? JSON.stringify(errorBody(status, code, message)) : refusalBody(refusal);
  return send(reply.headers(refusalHeaders(refusal)), status, body);
}

/** Why a request was refused; null when it was not. */
export const refusedFor = ({ raw }: FastifyRequest): ErrorCode | null => refusals.get(raw) ?? null;
const refusals = new WeakMap<object, ErrorCode>();

function answerFault(reply: FastifyReply, error: GraphQLFormattedError): FastifyReply {
  const body = isOfRest(reply) ? errorBody(500, 'INTERNAL', error.message) : { errors: [error] };
  return send(reply, 500, JSON.stringify(body));
}

/** By the route, if there is one: the path may have been spelled with escapes. */
const isOfRest = ({ request }: FastifyReply) => isRest(request.routeOptions?.url ?? pathOf(request.raw));

/** What the framework itself refuses has seen no hook. */
const send = (reply: FastifyReply, status: number, body: string) =>
  reply.headers(commonHeaders).code(status).type('application/json; charset=utf-8').send(body);

/** Takes what the caller still sends, keeping none of it. */
const readToEnd = ({ raw }: FastifyRequest) =>
  finished(raw.resume(), { signal: AbortSignal.timeout(unwantedBodyMs) }).catch(() => undefined);

/** Null: the fault is the server's. */
function refusalOf(error: FastifyError, request: FastifyRequest): Refusal | null {
  if (error instanceof RefusedError) return error.refusal;
  const status = error.statusCode ?? 500;
  return status >= 500 ? null : { status, code: 'BAD_USER_INPUT', message: wordsFor(error, request) };
}

function wordsFor({ code, statusCode, message }: FastifyError, { headers, raw }: FastifyRequest): string {
  if (code === 'FST_ERR_BAD_URL') return `expected a path whose escapes are UTF-8, got ${shown(pathOf(raw))}`;
  if (statusCode !== 415) return printable(cut(message, 200));
  const type = headers['content-type'];
  return `expected a body of type application/json, got ${type === undefined ? 'no type' : shown(type)}`;
}

function notServed({ method, raw }: FastifyRequest): Refusal {
  const path = pathOf(raw);
  if (graphqlPaths.includes(path)) {
    const message = `expected GET or POST, got ${method}`;
    return { status: 405, code: 'BAD_USER_INPUT', message, headers: { allow: 'GET, POST' } };
  }
  if (isRest(path)) return notServedByRest(method, path);
  const message = `expected /, /clusters/…, /errors/…, /graphql, /graphiql/, /v1.1/, /metrics, /livez or /readyz, got ${method} ${shown(path)}`;
  return { status: 404, code: 'NOT_FOUND', message };
}
