import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { expectRole } from '../auth/permission.js';
import { Fault } from '../domain/errors.js';
import { shown } from '../domain/shown.js';
import type { Services } from '../graphql/context.js';
import type { Limits } from '../limits/limits.js';
import { namesTag } from '../rest/etag.js';
import { readOpenapi } from '../rest/openapi.js';
import type { Resource } from '../rest/resource.js';
import { readResource, resources } from '../rest/rest.js';
import { acceptsAny } from './accept.js';
import { forAnybody, identityOf } from './authenticate.js';
import { refuseForeignRead } from './foreign-read.js';
import { type Refusal, RefusedError, refusalOfFault } from './refusal.js';

const openapiPath = '/v1.1/openapi.json';

/** The specification's resources, for GET and HEAD, and their description. */
export function addRest(http: FastifyInstance, { readStore, connections }: RestServices, limits: Limits): void {
  const openapi = readOpenapi();
  const onRequest = async (request: FastifyRequest) => expectReadable(request);
  http.get(openapiPath, { onRequest, ...forAnybody }, async (_, reply) => reply.type(json).send(openapi));
  for (const resource of resources) {
    http.get(resource.path, { onRequest }, (request, reply) => answer(reply, request, () => read(resource, request)));
  }

  const read = async (resource: Resource, request: FastifyRequest) => {
    const { caller, id } = identityOf(request);
    expectRole(caller, 'VIEWER', 'reading clusters');
    limits.ofCaller(id).charge(objects);
    const { body, ...representation } = await connections.run(id, () => of(resource, request, caller.tenantId));
    return { ...representation, body: () => connections.run(id, body) };
  };

  const of = (resource: Resource, request: FastifyRequest, tenantId: string) =>
    readResource(resource, {
      readStore,
      tenantId,
      params: request.params as object,
      search: /\?(.*)$/s.exec(request.raw.url ?? '')?.[1] ?? '',
    });
}

type RestServices = Pick<Services, 'readStore' | 'connections'>;

/** What reading a resource counts as, of the objects that a caller may ask for: about as many as it has. */
const objects = 100;

const json = 'application/json; charset=utf-8';

/** Whoever has the representation already is not sent it again. */
async function answer(reply: FastifyReply, { headers }: FastifyRequest, read: () => ReturnType<typeof readResource>) {
  try {
    const { etag, body } = await read();
    // Kept by the client alone, and asked about each time.
    if (etag) reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (etag && namesTag(headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type(json).send(JSON.stringify(await body()));
  } catch (error) {
    throw error instanceof Fault ? new RefusedError(refusalOfFault(error)) : error;
  }
}

function expectReadable({ headers }: FastifyRequest): void {
  const refusal = acceptsAny(headers.accept, ['application/json'])
    ? refuseForeignRead(headers)
    : notAcceptable(headers.accept ?? '');
  if (refusal) throw new RefusedError(refusal);
}

const notAcceptable = (accept: string): Refusal => ({
  status: 406,
  code: 'BAD_USER_INPUT',
  message: `expected to be asked for application/json, got accept: ${shown(accept)}`,
});

/** Whether a path is meant to be beneath REST's root, so that whatever goes wrong with it is answered in OpenStack's form. */
export const isRest = (path: string): boolean => /^\/+v1\.1(\/|$)/.test(path);

/** What is answered to a method or a path beneath it that is not served. */
export function notServedByRest(method: string, path: string): Refusal {
  if (method !== 'GET' && method !== 'HEAD' && served.some((form) => form.test(path))) {
    const message = `expected GET or HEAD, got ${method}: reports are made through /graphql`;
    return { status: 405, code: 'BAD_USER_INPUT', message, headers: { allow: 'GET, HEAD' } };
  }
  const paths = [...resources.map(({ path }) => path.replace(/:(\w+)Id/g, '{$1_id}')), openapiPath].join(', ');
  return { status: 404, code: 'NOT_FOUND', message: `expected one of ${paths}, got ${method} ${shown(path)}` };
}

const served = [openapiPath, ...resources.map(({ path }) => path)].map(
  (path) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
);
