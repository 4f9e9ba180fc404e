import type { FastifyInstance } from 'fastify';

/** `/livez`: the process answers. `/readyz`: it can do its work; 503 while it cannot. */
export function addHealth(http: FastifyInstance, ready: () => boolean | Promise<boolean>): void {
  http.get('/livez', async () => ({ status: 'alive' }));
  http.get('/readyz', async (_, reply) => {
    if (await ready()) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready' });
  });
}
