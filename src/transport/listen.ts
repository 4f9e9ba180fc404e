import type { Server } from 'node:http';

/**
 * `localhost` stands for 127.0.0.1 and ::1, and clients take the one or the other. Has `second` listen on the address
 * that `first` does not, on the same port; without it on a machine that has only one of them.
 */
export async function listenOnOther(first: Server, second: Server, backlog: number | undefined): Promise<void> {
  const address = first.address();
  if (address === null || typeof address === 'string') return;
  const host = address.family === 'IPv6' ? '127.0.0.1' : '::1';
  second.on('upgrade', (...upgrade) => first.emit('upgrade', ...upgrade));
  await new Promise<void>((resolve) => {
    second.once('error', () => resolve());
    second.listen({ host, port: address.port, ...(backlog && { backlog }) }, () => resolve());
  });
}
