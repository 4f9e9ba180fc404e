import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptsAny, names } from './accept.js';
import { pathOf } from './door.js';
import { type Refusal, RefusedError } from './refusal.js';

/** Where the build puts a page; the same from `src` and from `dist`. */
const built = (name: string) => fileURLToPath(new URL(`../../dist/web/${name}/`, import.meta.url));

/** Nothing from elsewhere, and nothing that is written into the page. */
const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'font-src': "'self'",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** GraphiQL's editor puts styles in the page and starts its workers from blobs. */
const graphiqlPolicy = {
  ...policy,
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'worker-src': "'self' blob:",
};

/** What no page needs: what it is not given, nobody can misuse through it. */
const permissions = ['accelerometer', 'camera', 'display-capture', 'geolocation', 'gyroscope', 'hid', 'magnetometer']
  .concat(['microphone', 'midi', 'payment', 'publickey-credentials-get', 'serial', 'usb', 'xr-spatial-tracking'])
  .map((name) => `${name}=()`)
  .join(', ');

const commonHeaders = {
  'referrer-policy': 'no-referrer',
  'permissions-policy': permissions,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The build puts a hash of their content into the names of all files but the page's own. */
const hashed = 'public, max-age=31536000, immutable';
/** Kept, but not used without asking whether it is still the same. */
const revalidated = 'no-cache';

/** What the page's own addresses look like: it finds out by itself what each shows. */
const addresses = [
  '/',
  '/signed-in',
  '/clusters',
  '/clusters/*',
  '/data_processing/clusters/*',
  '/errors',
  '/errors/*',
];

/**
 * `/`, the page that shows clusters and their progress, and `/graphiql/`, the page to try the API with. `issuer`: the URL of
 * the OpenID provider that signs viewers in; beside this server, they may ask that one, and nobody else.
 */
export async function addPages(http: FastifyInstance, issuer?: string): Promise<void> {
  const asking = connecting(issuer);
  const common = { preCompressed: true, cacheControl: false, globIgnore: ['index.html', '**/*.br', '**/*.gz'] };
  await http.register(fastifyStatic, {
    ...common,
    root: built('page'),
    prefix: '/',
    wildcard: false,
    index: false,
    setHeaders: (reply, path) => setHeaders(reply, path, { ...policy, ...asking }),
  });
  for (const path of addresses)
    http.get(path, { onRequest: async (request) => expectReader(request) }, (_, reply) =>
      reply.header('vary', 'accept').sendFile('index.html'),
    );
  await http.register(fastifyStatic, {
    ...common,
    root: built('graphiql'),
    prefix: '/graphiql',
    redirect: true,
    decorateReply: false,
    setHeaders: (reply, path) => setHeaders(reply, path, { ...graphiqlPolicy, ...asking }),
  });
}

const connecting = (issuer: string | undefined) =>
  issuer === undefined ? {} : { 'connect-src': `'self' ${new URL(issuer).origin}` };

function setHeaders(reply: Pick<FastifyReply, 'header'>, path: string, policy: Readonly<Record<string, string>>): void {
  const directives = Object.entries(policy).map(([name, sources]) => `${name} ${sources}`);
  reply.header('content-security-policy', directives.join('; '));
  for (const [name, value] of Object.entries(commonHeaders)) reply.header(name, value);
  reply.header('cache-control', /\.html(\.\w+)?$/.test(path) ? revalidated : hashed);
}

/** Whether somebody goes to this address with a browser, to which the page can say that nothing is there. Files are not. */
export const isVisit = ({ method, raw, headers: { accept } }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && names(accept, documents) && !pathOf(raw).includes('/assets/');

/** Answers with the page, which says by itself that nothing is at its address, and where to go. */
export async function answerNowhere(reply: FastifyReply, issuer?: string): Promise<FastifyReply> {
  const file = join(built('page'), 'index.html');
  setHeaders(reply, file, { ...policy, ...connecting(issuer) });
  return reply
    .code(404)
    .header('vary', 'accept')
    .type('text/html; charset=utf-8')
    .send(await readFile(file));
}

const documents = ['text/html', 'application/xhtml+xml'];

/** A program that asks for data gets no page, but is told where they are. */
function expectReader({ headers: { accept } }: FastifyRequest): void {
  if (!acceptsAny(accept, documents)) throw new RefusedError(noPage);
}

const noPage: Refusal = {
  status: 406,
  code: 'BAD_USER_INPUT',
  message: 'expected to be asked for text/html: this is a page; data are at /graphql, and as REST at /v1.1/',
  headers: { vary: 'accept' },
};
