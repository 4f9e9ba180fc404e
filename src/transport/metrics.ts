import type { FastifyInstance } from 'fastify';
import { expectRole } from '../auth/permission.js';
import { Fault } from '../domain/errors.js';
import { callerOf } from './authenticate.js';
import { RefusedError, refusalOfFault } from './refusal.js';

/** The metrics of this server, in the format of their media type. */
export interface Exposition {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** `/metrics`, for who may see what all tenants do. */
export function addMetrics(http: FastifyInstance, exposition: Exposition): void {
  http.get('/metrics', async (request, reply) => {
    try {
      expectRole(callerOf(request), 'ADMIN', 'reading metrics');
    } catch (error) {
      throw error instanceof Fault ? new RefusedError(refusalOfFault(error)) : error;
    }
    return reply.type(exposition.contentType).send(await exposition.metrics());
  });
}
