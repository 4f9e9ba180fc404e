import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refusedFor } from './http-errors.js';
import type { Telemetry } from './telemetry.js';

/** Names each answer by its request's id, and tells of it once it was sent, or could not be. */
export function addTelemetry(http: FastifyInstance, telemetry: Telemetry): void {
  http.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  http.addHook('onResponse', async (request, reply) =>
    telemetry.answered({
      transport: 'http',
      requestId: request.id,
      identity: request.identity,
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      code: refusedFor(request),
      milliseconds: reply.elapsedTime,
    }),
  );
}

/** Files of the pages are one route, whatever their number. */
function routeOf({ is404, routeOptions: { url } }: FastifyRequest): string | null {
  if (is404 || url === undefined) return null;
  return /\.(?!json$)\w+$/.test(url) ? '/*' : url;
}
