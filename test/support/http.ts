import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { everybody } from '../../src/auth/everybody.js';
import type { Services } from '../../src/graphql/context.js';
import { createPrepareOperation } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { createDoor } from '../../src/transport/door.js';
import { createHttp, type HttpOptions } from '../../src/transport/http.js';
import { usualConnections, usualLimits } from './limits.js';

/** An operation that needs no services. */
export const viewer = '{"query":"{viewer{tenantId}}"}';

/** The head of a request whose body has so many bytes. */
export const postHead = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** The HTTP server without services, on a free port; closed with the test. */
export async function serveHttp(options: Partial<HttpOptions> = {}, host = '127.0.0.1') {
  const schema = loadSchema();
  const http = await createHttp({
    schema,
    prepare: createPrepareOperation(schema),
    services: { connections: usualConnections() } as Services,
    log: pino({ level: 'silent' }),
    door: createDoor({ allowedHosts: [] }),
    authenticator: everybody,
    limits: usualLimits(),
    auth: { mode: 'off', jwt: null, oidc: null },
    ready: () => true,
    ...options,
  });
  onTestFinished(() => http.close());
  return { http, url: await http.listen({ host, port: 0 }) };
}
