import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { everybody } from '../../src/auth/everybody.js';
import { createPrepareOperation } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { createDoor } from '../../src/transport/door.js';
import { untold } from '../../src/transport/telemetry.js';
import { attachWebsocket, type WebsocketOptions } from '../../src/transport/websocket/server.js';
import { quiet } from './database.js';
import { usualLimits } from './limits.js';

/** A websocket that has nothing behind it but what is given. Says where; closed with the test. */
export async function serveWebsocket(given: Partial<WebsocketOptions> = {}): Promise<string> {
  const schema = loadSchema();
  const server = createServer();
  const websocket = attachWebsocket({
    server,
    schema,
    prepare: createPrepareOperation(schema),
    services: {} as WebsocketOptions['services'],
    log: quiet,
    door: createDoor({ allowedHosts: [] }),
    authenticator: everybody,
    limits: usualLimits(),
    readerTimeoutSeconds: 30,
    answers: async () => true,
    time: () => new Date(),
    telemetry: untold,
    ...given,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await websocket.close();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
