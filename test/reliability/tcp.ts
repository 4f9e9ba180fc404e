import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP connection to the server at `url` that is left open when the server ends its half. Closed with the test. */
export async function tcp(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

export interface UpgradeRequest {
  readonly method?: string;
  readonly path?: string;
  /** Added to the usual ones, or in their place; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** What a client sends to open a websocket. */
export function upgradeRequest(url: string, { method = 'GET', path = '/graphql', headers = {} }: UpgradeRequest = {}) {
  const all: Record<string, string | null> = {
    host: new URL(url).host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-protocol': 'graphql-transport-ws',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`]));
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The status that a server answers with. */
export async function statusOf(socket: Socket): Promise<number> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return Number(/^HTTP\/1.1 (\d+) /.exec(chunk.toString('latin1'))?.[1]);
}
