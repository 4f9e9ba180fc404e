import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where the build puts GraphiQL; the same from `src` and from `dist`. */
const built = fileURLToPath(new URL('../../dist/web/graphiql/', import.meta.url));

/** Nothing from elsewhere. Its editor puts styles in the page and starts its workers from blobs. */
const policy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = { 'content-security-policy': policy, 'referrer-policy': 'no-referrer' };

/** The build puts a hash of their content into the names of all files but the page's own. */
const hashed = 'public, max-age=31536000, immutable';

/** `/graphiql/`, the page to try the API with. `/` leads to it. */
export async function addGraphiql(http: FastifyInstance): Promise<void> {
  await http.register(fastifyStatic, {
    root: built,
    prefix: '/graphiql',
    redirect: true,
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.headers(headers);
      if (!path.endsWith('.html')) reply.header('cache-control', hashed);
    },
  });
  http.get('/', (_, reply) => reply.redirect('/graphiql/'));
}
