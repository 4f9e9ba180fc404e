import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exposition } from '../transport/metrics.js';

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly exposition: Exposition;
  /** Called with what could not be gathered. */
  readonly failed: (error: unknown) => void;
}

/** The names by which this machine's own programs reach it; a page that was lured to resolve to it has another. */
const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** `GET /metrics` on a port of its own, to whoever reaches it; on loopback only by a name of this machine. Rejects when it cannot listen. */
export async function listenForScrapes({ host, port, exposition, failed }: ListenerOptions) {
  const isLocal = ['127.0.0.1', '::1', 'localhost'].includes(host);
  const server: Server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    request.resume();
    if (isLocal && !loopback.test(request.headers.host ?? '')) return answer(421, 'expected Host to be this machine\n');
    if (request.url?.split('?', 1)[0] !== '/metrics') return answer(404, 'expected /metrics\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'expected GET\n');
    exposition.metrics().then(
      (body) => answer(200, body, exposition.contentType),
      (error) => {
        failed(error);
        answer(500, 'the metrics could not be gathered: the log has why\n');
      },
    );
  });
  server.maxConnections = 64;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
