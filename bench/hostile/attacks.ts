import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the attackers know: where the server is, and a cluster with a long log of failures. */
export interface Target {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly clusterId: string;
  readonly stepId: string;
}

/** One thing that a hostile or broken client does, once. It returns when it has done it, whatever the server made of it. */
export type Attack = (target: Target) => Promise<void>;

/** By the name of what is done. Each opens sockets of its own and leaves none behind. */
export const attacks: Readonly<Record<string, Attack>> = {
  'an upgrade that is refused, and reset': async ({ url }) => {
    const path = pick('/nowhere', '/graphql');
    const socket = await open(url);
    socket.write(upgrade(url, { path, origin: 'https://elsewhere.example' }));
    await delay(Math.random() * 20);
    socket.resetAndDestroy();
  },

  'an upgrade that is accepted, and reset': async ({ url }) => {
    const socket = await open(url);
    socket.write(upgrade(url));
    await delay(Math.random() * 10);
    socket.resetAndDestroy();
  },

  'refused upgrades that are kept open': async ({ url }) => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(url)));
    for (const socket of sockets) socket.write(upgrade(url, { path: '/nowhere' }));
    await delay(1_000);
    for (const socket of sockets) socket.destroy();
  },

  'names of other hosts': async ({ url }) => {
    for (const host of ['rebound.example', 'localhost.evil.example', 'a b', '', '[', 'x:y:z']) {
      await exchange(url, `GET /graphql?query={__typename} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      await exchange(url, upgrade(url, { host }));
    }
  },

  'pings of 60 KB by a client that reads nothing': async ({ url }) => {
    const socket = await opened(url);
    socket.pause();
    const ping = text(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(60_000) } }));
    for (let sent = 0; sent < 2_000 && !socket.destroyed; sent++) await write(socket, ping, 200);
    socket.destroy();
  },

  'queries with large answers by a client that reads nothing': async (target) => {
    const socket = await opened(target.url);
    socket.pause();
    for (let id = 0; id < 500 && !socket.destroyed; id++)
      await write(socket, subscribe(`${id}`, failuresOf(target)), 200);
    await delay(500);
    socket.destroy();
  },

  'subscriptions left as soon as they are asked for': async (target) => {
    const socket = await opened(target.url);
    for (let time = 0; time < 2_000 && !socket.destroyed; time++) {
      await write(socket, Buffer.concat([subscribe('1', followed(target)), complete('1')]), 200);
    }
    socket.destroy();
  },

  'an expensive query left at once, again and again under one id': async (target) => {
    const socket = await opened(target.url);
    const query = `{${aliases(100, (alias) => `${alias}:${failuresOf(target).slice(1, -1)}`)}}`;
    for (let time = 0; time < 300 && !socket.destroyed; time++) {
      await write(socket, Buffer.concat([subscribe('1', query), complete('1')]), 200);
    }
    socket.destroy();
  },

  'ids of 60 KB': async (target) => {
    const socket = await opened(target.url);
    for (let time = 0; time < 20 && !socket.destroyed; time++) {
      await write(socket, subscribe(`${time}${'i'.repeat(60_000)}`, followed(target)), 200);
    }
    await delay(200);
    socket.destroy();
  },

  'messages of no protocol': async ({ url }) => {
    for (const frame of [
      text('{'),
      text('"x"'),
      text('{"type":"next","id":"1"}'),
      text('[[]]'.repeat(5_000)),
      frameOf(2, Buffer.from([1, 2, 3])),
      frameOf(1, Buffer.from([0xff, 0xfe])),
      frameOf(8, Buffer.from([3])),
      frameOf(15, Buffer.alloc(200)),
      Buffer.from([0x81, 0x05, 1, 2, 3]),
      frameOf(1, Buffer.alloc(65_536, 0x20)),
    ]) {
      const socket = await opened(url);
      socket.write(frame);
      await closedOr(socket, 300);
      socket.destroy();
    }
  },

  'the failures of a log, twenty times in one query': async (target) => {
    const page = failuresOf(target).slice(1, -1);
    await post(target.url, { query: `{${aliases(20, (alias) => `${alias}:${page}`)}}` });
  },

  'two hundred aliases of a field of a list': async ({ url }) => {
    const query = `{clusters(first:500){nodes{${aliases(200, (alias) => `${alias}:events(first:1){nodes{id}}`)}}}}`;
    await post(url, { query });
  },

  'a subscription whose every message is heavy': async (target) => {
    const socket = await opened(target.url);
    const fields = aliases(200, (alias) => `${alias}:provisioningProgress{events(first:50){nodes{eventInfo}}}`);
    socket.write(subscribe('1', `subscription{clusterProgress(clusterId:"${target.clusterId}"){cluster{${fields}}}}`));
    await delay(1_000);
    socket.destroy();
  },

  'nested lists of 7.8 MB': async ({ url }) => {
    const depth = 3_900_000;
    await postRaw(url, `{"query":"{__typename}","variables":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`);
  },

  'a list of 700,000 values': async ({ url }) => {
    const query = 'query($s:[String!]){clusters(filter:{status:$s}){nodes{id}}}';
    await post(url, { query, variables: { s: new Array(700_000).fill('a') } });
  },

  'an id of 3.9 million characters': async ({ url }) => {
    await post(url, { query: 'query($i:ID!){cluster(id:$i){id}}', variables: { i: 'i'.repeat(3_900_000) } });
    await post(url, {
      query: 'query($i:Int!){clusters(first:$i){nodes{id}}}',
      variables: { i: 'i'.repeat(3_900_000) },
    });
  },

  'ids that name other things': async ({ url, clusterId }) => {
    for (const id of ['', ' ', '../x', `default/${clusterId}`, `${clusterId}\u0000`, `{${clusterId}}`, "' OR 1=1 --"]) {
      await post(url, { query: 'query($i:ID!){cluster(id:$i){id}}', variables: { i: id } });
      const socket = await opened(url);
      socket.write(subscribe('1', `subscription($i:ID!){clusterProgress(clusterId:$i){revision}}`, { i: id }));
      await delay(20);
      socket.destroy();
    }
  },

  'bodies that never end': async ({ url }) => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(url)));
    for (const socket of sockets) {
      socket.write(`${head(url)}content-length: ${8 * 2 ** 20 - 1}\r\n\r\n{"query":"`);
      await write(socket, Buffer.alloc(2 ** 20, 0x61), 500);
    }
    await delay(2_000);
    for (const socket of sockets) socket.destroy();
  },

  'a request that comes a byte at a time': async ({ url }) => {
    const socket = await open(url);
    for (const byte of head(url)) {
      if (socket.destroyed) break;
      socket.write(byte);
      await delay(20);
    }
    socket.destroy();
  },

  'connections on which nothing is said': async ({ url }) => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(url)));
    await delay(1_000);
    for (const socket of sockets) socket.destroy();
  },

  'the largest reports there may be, again and again': async ({ url }) => {
    const eventInfo = 'e'.repeat(60_000);
    const events = Array.from({ length: 120 }, () => ({
      id: randomUUID(),
      stepId: randomUUID(),
      successful: false,
      eventInfo,
    }));
    const query = 'mutation($e:[EventInput!]!){reportEvents(input:{events:$e}){results{outcome}}}';
    await Promise.all([1, 2, 3].map(() => post(url, { query, variables: { e: events } })));
  },

  'documents nested too deep': async ({ url }) => {
    await post(url, { query: '{a'.repeat(2_000) });
    await post(url, { query: `{cluster(id:"x"){${'operations{nodes{steps{events{nodes{'.repeat(50)}` });
  },

  'fragments that multiply': async ({ url, clusterId }) => {
    const doubled = Array.from({ length: 25 }, (_, i) => `fragment f${i} on Cluster{...f${i + 1} ...f${i + 1}}`).join(
      ' ',
    );
    await post(url, { query: `{cluster(id:"${clusterId}"){...f0}} ${doubled} fragment f25 on Cluster{id}` });
  },

  'logs followed by readers who take nothing': async (target) => {
    const sockets = await Promise.all(Array.from({ length: 10 }, () => opened(target.url)));
    for (const [index, socket] of sockets.entries()) {
      socket.pause();
      // Each asks for something else, so that none shares what another is sent.
      const query = `subscription{a${index}:clusterEvents(clusterId:"${target.clusterId}"){cursor events{id eventInfo}}}`;
      socket.write(subscribe('1', query));
    }
    await delay(2_000);
    for (const socket of sockets) socket.destroy();
  },

  'methods and paths that there are not': async ({ url }) => {
    for (const line of [
      'PUT /graphql',
      'DELETE /graphql',
      'OPTIONS /graphql',
      'GET /%zz',
      'GET //graphql',
      'TRACE /',
      'GET *',
    ])
      await exchange(url, `${line} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`);
  },
};

const failuresOf = ({ clusterId }: Target) =>
  `{cluster(id:"${clusterId}"){events(first:500,filter:{successful:false}){nodes{eventInfo}}}}`;

const followed = ({ clusterId }: Target) => `subscription{clusterProgress(clusterId:"${clusterId}"){revision}}`;

const aliases = (count: number, field: (alias: string) => string) =>
  Array.from({ length: count }, (_, index) => field(`a${index}`)).join(' ');

const pick = (...values: string[]) => values[Math.floor(Math.random() * values.length)] as string;

/** A connection; what goes wrong on it is what is wanted. */
async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
  return socket;
}

/** A websocket that has been acknowledged. */
async function opened(url: string): Promise<Socket> {
  const socket = await open(url);
  socket.write(upgrade(url));
  socket.write(text('{"type":"connection_init"}'));
  await new Promise<void>((resolve) => {
    let received = '';
    const take = (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (received.includes('connection_ack')) done();
    };
    const done = () => {
      socket.off('data', take).off('close', done);
      resolve();
    };
    socket.on('data', take).once('close', done);
  });
  return socket.resume();
}

interface Upgrade {
  readonly path?: string;
  readonly host?: string;
  readonly origin?: string;
}

const upgrade = (url: string, { path = '/graphql', host = new URL(url).host, origin }: Upgrade = {}) =>
  `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n` +
  `sec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n` +
  `${origin === undefined ? '' : `origin: ${origin}\r\n`}\r\n`;

const text = (message: string) => frameOf(1, Buffer.from(message));
const subscribe = (id: string, query: string, variables: object = {}) =>
  text(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
const complete = (id: string) => text(JSON.stringify({ id, type: 'complete' }));

/** A client's frame, masked by zeros. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + extended + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(frame, 2 + extended + 4);
  return frame;
}

/** Writes, and waits until the system has taken it, the socket is closed, or so many milliseconds have passed. */
function write(socket: Socket, data: Buffer, timeoutMs: number): Promise<void> {
  return settled(socket, timeoutMs, (done) => socket.write(data, done));
}

/** Resolves when the socket is closed, or after so many milliseconds. */
const closedOr = (socket: Socket, timeoutMs: number) => settled(socket, timeoutMs, () => {});

async function settled(socket: Socket, timeoutMs: number, begin: (done: () => void) => void): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, timeoutMs);
    function done() {
      clearTimeout(timer);
      socket.off('close', done);
      resolve();
    }
    socket.once('close', done);
    begin(done);
  });
}

const head = (url: string) =>
  `POST /graphql HTTP/1.1\r\nhost: ${new URL(url).host}\r\nconnection: close\r\ncontent-type: application/json\r\n`;

const post = (url: string, body: object) => postRaw(url, JSON.stringify(body));

const postRaw = (url: string, body: string) =>
  exchange(url, `${head(url)}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

/** Sends a request, takes whatever comes, and returns when the connection has ended, after 20 s at the latest. */
async function exchange(url: string, request: string): Promise<void> {
  const socket = await open(url);
  socket.resume().write(request);
  await closedOr(socket, 20_000);
  socket.destroy();
}
