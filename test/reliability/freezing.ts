import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { onTestFinished } from 'vitest';

/**
 * A way to a database that can freeze, as a process that is stopped does: connections are taken and stay open, what is
 * sent waits, and nothing is answered. When it thaws, what was sent meanwhile arrives, also from who has gone.
 */
export async function freezing(databaseUrl: string) {
  const { user, database, host, port } = new pg.Client(databaseUrl);
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const sockets = new Set<Socket>();
  let frozen = false;
  const forward = (from: Socket, to: Socket) => {
    sockets.add(from);
    if (frozen) from.pause();
    from.on('data', (chunk) => to.write(chunk));
    from.on('end', () => to.end());
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      to.destroySoon();
    });
    if (frozen) from.pause();
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...target, allowHalfOpen: true });
    forward(near, far);
    forward(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const thaw = () => {
    frozen = false;
    for (const socket of sockets) socket.resume();
  };
  onTestFinished(() => {
    thaw();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `postgresql://${user}@127.0.0.1:${(server.address() as AddressInfo).port}/${database}?sslmode=disable`,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw,
  };
}
