import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { onTestFinished } from 'vitest';

/** Types of messages: how a client says goodbye, and how a server says that it is ready for a query. */
const terminate = 'X'.charCodeAt(0);
const ready = 'Z'.charCodeAt(0);

/**
 * A pooler in transaction mode that knows nothing of prepared statements, to the database at this URL (without TLS, and
 * without a password): it lends one backend to whoever asks, one after the other. Gone with the test.
 */
export async function pooler(databaseUrl: string): Promise<{ url: string }> {
  const { user, database, host, port } = new pg.Client(databaseUrl);
  const backend = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  let greeting: Promise<Buffer> | undefined;
  let borrower: Socket | undefined;
  backend.on('error', () => {});
  const server = createServer((client) => {
    client.on('error', () => {});
    client.once('data', async (startup) => {
      greeting ??= greeted(backend, startup, (chunk) => borrower?.write(chunk));
      client.write(await greeting);
      client.on('data', (chunk) => {
        if (chunk[0] === terminate) return void client.end();
        borrower = client;
        backend.write(chunk);
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    backend.destroy();
    server.close();
  });
  const address = server.address() as AddressInfo;
  return { url: `postgresql://${user}@127.0.0.1:${address.port}/${database}?sslmode=disable` };
}

/** All that the backend says until it is ready; what it says later goes to `later`. */
async function greeted(backend: Socket, startup: Buffer, later: (chunk: Buffer) => void): Promise<Buffer> {
  backend.write(startup);
  const chunks: Buffer[] = [];
  do chunks.push(...((await once(backend, 'data')) as [Buffer]));
  while (Buffer.concat(chunks).at(-6) !== ready);
  backend.on('data', later);
  return Buffer.concat(chunks);
}
