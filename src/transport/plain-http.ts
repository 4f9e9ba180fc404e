import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

const hopByHop = ['upgrade', 'connection', 'http2-settings'];

/** Whether a request would like to become a websocket, rightly or not. */
export const wantsWebsocket = ({ headers: { upgrade = '' } }: IncomingMessage): boolean =>
  /\bwebsocket\b/i.test(upgrade);

/**
 * Serves a request as if it had not asked for an upgrade, which a server may ignore (RFC 9110, 7.8). Java's HTTP client
 * asks for HTTP/2 (`Upgrade: h2c`) with its first request, and Node gives every request that asks for anything to the
 * listeners of `upgrade`. The request is put back in front of what else has come, and the connection begins anew.
 */
export function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, rest: Buffer): void {
  const { method, url, httpVersion, rawHeaders, headers } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!hopByHop.includes(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  if (/\bclose\b/i.test(headers.connection ?? '')) lines.push('connection: close');
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]));
  server.emit('connection', socket);
}
