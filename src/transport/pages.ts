import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Where the build puts a page; the same from `src` and from `dist`. */
const built = (name: string) => fileURLToPath(new URL(`../../dist/web/${name}/`, import.meta.url));

/** Nothing from elsewhere. */
const policy = {
  'default-src': "'self'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'base-uri': "'self'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** GraphiQL's editor puts styles in the page and starts its workers from blobs. */
const graphiqlPolicy = {
  ...policy,
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self' data:",
  'worker-src': "'self' blob:",
};

/** The build puts a hash of their content into the names of all files but the page's own. */
const hashed = 'public, max-age=31536000, immutable';

/** What the page's own addresses look like: it finds out by itself what each shows. */
const addresses = ['/', '/clusters/*', '/data_processing/clusters/*', '/errors/*'];

/** `/`, the page that shows clusters and their progress, and `/graphiql/`, the page to try the API with. */
export async function addPages(http: FastifyInstance): Promise<void> {
  await http.register(fastifyStatic, {
    root: built('page'),
    prefix: '/',
    wildcard: false,
    globIgnore: ['index.html'],
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => setHeaders(reply, path, policy),
  });
  for (const path of addresses) http.get(path, (_, reply) => reply.sendFile('index.html'));
  await http.register(fastifyStatic, {
    root: built('graphiql'),
    prefix: '/graphiql',
    redirect: true,
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply, path) => setHeaders(reply, path, graphiqlPolicy),
  });
}

function setHeaders(reply: Pick<FastifyReply, 'header'>, path: string, policy: Readonly<Record<string, string>>): void {
  const directives = Object.entries(policy).map(([name, sources]) => `${name} ${sources}`);
  reply.header('content-security-policy', directives.join('; '));
  reply.header('referrer-policy', 'no-referrer');
  if (!path.endsWith('.html')) reply.header('cache-control', hashed);
}
