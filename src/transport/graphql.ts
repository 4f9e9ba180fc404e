import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.js';
import { shown } from '../domain/shown.js';
import type { Outcome } from '../graphql/outcome.js';
import { acceptsAny } from './accept.js';
import type { HttpContext } from './apollo.js';
import { identityOf } from './authenticate.js';
import { refuseForeignRead } from './foreign-read.js';
import { type Refusal, RefusedError } from './refusal.js';
import type { Telemetry } from './telemetry.js';

export const graphqlPaths = ['/graphql', '/graphql/'];

const mediaTypes = ['application/json', 'application/graphql-response+json'];

/** How a request is told of. */
type Told = Pick<HttpContext, 'requestId' | 'running'>;

/** Queries by GET and POST, mutations by POST. */
export function addGraphql(
  http: FastifyInstance,
  apollo: ApolloServer<HttpContext>,
  telemetry: Telemetry,
  context: (identity: Identity, signal: AbortSignal, told: Told) => HttpContext,
): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const refusal = refuse(request);
    if (refusal) throw new RefusedError(refusal);
    const { id: requestId, identity } = request;
    const { traceparent } = request.headers;
    const running = telemetry.operation({ transport: 'http', requestId, identity, traceparent: text(traceparent) });
    const answer = await running.within(() =>
      apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toApollo(request),
        context: async () => context(identityOf(request), gone(reply), { requestId, running }),
      }),
    );
    // What is no request of GraphQL's at all has come to no operation.
    running.ended(malformed);
    if (answer.body.kind !== 'complete') throw new Error('expected one answer, got a stream of them');
    for (const [name, value] of answer.headers) reply.header(name, value);
    return reply.code(answer.status ?? 200).send(answer.body.string);
  };
  for (const url of graphqlPaths) {
    http.route({ method: ['GET', 'POST'], url, exposeHeadRoute: false, handler });
  }
}

const text = (header: string | string[] | undefined) => (typeof header === 'string' ? header : undefined);

const malformed: Outcome = { type: null, name: null, fields: [], codes: ['BAD_USER_INPUT'], errorIds: [] };

/** Aborted when the connection is closed before the answer was sent. */
function gone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const closed = () => {
    if (!raw.writableFinished) controller.abort();
  };
  raw.once('close', closed);
  // It may have been closed before anybody listened, while the caller's credentials were judged.
  if (raw.closed || raw.destroyed) closed();
  return controller.signal;
}

/** Before anything is executed: Apollo looks at `accept` only when it has the answer. */
function refuse({ method, headers, body }: FastifyRequest): Refusal | null {
  if (!acceptsAny(headers.accept, mediaTypes)) return notAcceptable(headers.accept ?? '');
  if (Array.isArray(body)) return batch(body);
  return method === 'GET' ? refuseForeignRead(headers) : null;
}

/**
 * Apollo takes any GET without its own headers for one that a foreign page may have caused. Here `sec-fetch-site` has
 * told that, for reads; and GET does nothing else.
 */
function toApollo({ raw, method, headers, body }: FastifyRequest): HTTPGraphQLRequest {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) if (value) map.set(name, String(value));
  if (method === 'GET') map.set('apollo-require-preflight', 'checked');
  return { method, headers: map, search: /\?.*$/s.exec(raw.url ?? '')?.[0] ?? '', body };
}

const notAcceptable = (accept: string): Refusal => ({
  status: 406,
  code: 'BAD_USER_INPUT',
  message: `expected to be asked for ${mediaTypes.join(' or ')}, got accept: ${shown(accept)}${
    /event-stream|multipart/i.test(accept) ? '; subscriptions are served over the websocket at the same path' : ''
  }`,
});

const batch = (operations: readonly unknown[]): Refusal => ({
  status: 400,
  code: 'BAD_USER_INPUT',
  message: `expected one operation in a request, got ${shown(operations)}`,
});
