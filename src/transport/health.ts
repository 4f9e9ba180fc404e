import type { FastifyInstance } from 'fastify';
import { forAnybody } from './authenticate.js';

/** `/livez`: the process answers. `/readyz`: it can do its work; 503 while it cannot. */
export function addHealth(http: FastifyInstance, ready: () => boolean | Promise<boolean>): void {
  http.get('/livez', forAnybody, async () => ({ status: 'alive' }));
  http.get('/readyz', forAnybody, async (_, reply) => {
    if (await ready()) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready' });
  });
}
