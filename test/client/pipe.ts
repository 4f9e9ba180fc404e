import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A way to a server that can go dead: connections stay open and new ones are taken, but no byte gets through any more,
 * as when a machine is unplugged. Nobody is told.
 */
export async function pipe(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let dead = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => dead || to.write(chunk));
      from.on('error', () => {});
      from.on('close', () => dead || to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const address = new URL(url);
  address.port = String((server.address() as { port: number }).port);
  return {
    url: address.href,
    die: () => {
      dead = true;
    },
    /** Ends all connections; new ones are taken. */
    cut,
    revive: () => {
      cut();
      dead = false;
    },
  };
}
