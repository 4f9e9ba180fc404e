import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** A proxy that passes requests, and websockets only while it is open; gone with the test. */
export async function barrier(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Duplex>();
  const control = { isOpen: false, passesRequests: true, refused: 0, requests: 0 };
  const server = createServer((request, response) => {
    if (!control.passesRequests) return void response.destroy();
    control.requests += 1;
    const { method, url: path, headers } = request;
    const passed = forward({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  server.on('upgrade', ({ method, url: path, rawHeaders }, near: Duplex, head: Buffer) => {
    sockets.add(near);
    near.on('error', () => {});
    if (!control.isOpen) {
      control.refused += 1;
      near.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      server.emit('refused');
      return;
    }
    const far = connect(Number(port), hostname);
    const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
    far.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    far.pipe(near).pipe(far);
    far.on('error', () => near.destroy());
    far.once('close', () => near.destroy());
    near.once('close', () => far.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    close();
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/graphql`,
    control,
    /** Lets websockets through, or ends those there are and lets no more through. */
    set isOpen(isOpen: boolean) {
      control.isOpen = isOpen;
      if (!isOpen) close();
    },
  };
}
