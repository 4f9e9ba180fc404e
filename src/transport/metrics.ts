import type { FastifyInstance } from 'fastify';
import { expectRole } from '../auth/permission.js';
import { callerOf } from './authenticate.js';
import { unlessRefused } from './refusal.js';

/** The metrics of this server, in the format of their media type. */
export interface Exposition {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** `/metrics`: sums of this server over all tenants, without a name of any, for an ADMIN of whichever. */
export function addMetrics(http: FastifyInstance, exposition: Exposition): void {
  http.get('/metrics', async (request, reply) => {
    unlessRefused(() => expectRole(callerOf(request), 'ADMIN', 'reading metrics'));
    return reply.type(exposition.contentType).send(await exposition.metrics());
  });
}
