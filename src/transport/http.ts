import { finished } from 'node:stream/promises';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { type FastifyError, type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { ErrorCode } from '../domain/errors.js';
import { createContext, type Services } from '../graphql/context.js';
import { presentError } from '../graphql/errors.js';
import { createApollo } from './apollo.js';
import { localCaller } from './caller.js';
import { addGraphiql } from './graphiql.js';
import { addHealth } from './health.js';

export interface HttpOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Logger;
  /** Whether the server can do its work now, for `/readyz`. */
  readonly ready: () => boolean | Promise<boolean>;
}

/** Bytes: 1000 events, most of them failures with a traceback. */
const bodyLimit = 8 * 1024 * 1024;

/** Milliseconds that a body too large may still take to arrive. */
const patience = 5000;

/** All that is served over HTTP, not yet listening. Whatever goes wrong is answered in GraphQL's form. */
export async function createHttp({ schema, services, log, ready }: HttpOptions): Promise<FastifyInstance> {
  const http = fastify({ bodyLimit });
  http.setErrorHandler<FastifyError>(async (error, request, reply) => {
    if (isTooLarge(error)) await readToEnd(request);
    const { status, shown } = presentHttpError(error, request, log);
    return reply.code(status).send({ errors: [shown] });
  });
  http.setNotFoundHandler((request, reply) => reply.code(404).send({ errors: [unknownPath(request)] }));
  hangUpWhenClosing(http);
  addHealth(http, ready);
  await addGraphiql(http);
  await addGraphql(http, schema, services, log);
  return http;
}

/** A caller may keep its connection for as long as it likes, and closing waits for it: the last answer ends it. */
function hangUpWhenClosing(http: FastifyInstance): void {
  let closing = false;
  http.addHook('preClose', async () => {
    closing = true;
  });
  http.addHook('onSend', async (_, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

async function addGraphql(http: FastifyInstance, schema: GraphQLSchema, services: Services, log: Logger) {
  const apollo = createApollo(schema, log);
  await apollo.start();
  http.addHook('onClose', () => apollo.stop());
  const context = async () => createContext(services, localCaller);
  http.route({ method: ['GET', 'POST'], url: '/graphql', handler: fastifyApolloHandler(apollo, { context }) });
}

/** Takes what the caller still sends, keeping none of it: cut off while sending, it might never see the answer. */
const readToEnd = ({ raw }: FastifyRequest) =>
  finished(raw.resume(), { signal: AbortSignal.timeout(patience) }).catch(() => undefined);

const isTooLarge = (error: FastifyError) => error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';

function presentHttpError(error: FastifyError, request: FastifyRequest, log: Logger) {
  const { 'content-length': length = 'more', 'content-type': type } = request.headers;
  if (isTooLarge(error)) {
    return refused(413, 'LIMIT_EXCEEDED', `expected a body of at most ${bodyLimit} bytes, got ${length}`);
  }
  if (error.statusCode === 415) {
    return refused(415, 'BAD_USER_INPUT', `expected a body of type application/json, got ${type ?? 'no type'}`);
  }
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    return refused(400, 'BAD_USER_INPUT', 'expected the body to be JSON, got text that is none');
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return refused(status, 'BAD_USER_INPUT', error.message);
  return { status, shown: presentError(error, log) };
}

const unknownPath = ({ method, url }: FastifyRequest) =>
  refused(404, 'NOT_FOUND', `expected /graphql, /graphiql/, /livez or /readyz, got ${method} ${url}`).shown;

const refused = (status: number, code: ErrorCode, message: string) => ({
  status,
  shown: { message, extensions: { code } } satisfies GraphQLFormattedError,
});
