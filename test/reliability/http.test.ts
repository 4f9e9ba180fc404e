import { once } from 'node:events';
import { expect, test } from 'vitest';
import { postHead, serveHttp, viewer } from '../support/http.js';
import { ask, RawHttp } from '../support/raw-http.js';
import { until } from '../support/wait.js';

test('200 bodies, each a byte short of 8 MiB, hold no more than the sum', async () => {
  const { url } = await serveHttp();
  const size = 8 * 1024 * 1024;
  const almost = Buffer.alloc(size - 1, ' ');
  const before = process.memoryUsage();
  const senders = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const raw = await RawHttp.open(url);
      raw.send(postHead(size));
      raw.socket.write(almost);
      return raw;
    }),
  );
  // Those beyond the sum are read, not kept, and refused once whole or late: their sockets have nothing left to send.
  await Promise.all(senders.map(({ socket }) => (socket.writableLength === 0 ? undefined : once(socket, 'drain'))));
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  const grown = arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed;
  expect(grown).toBeLessThan(400 * 1024 * 1024);
  expect((await ask(url, ['GET /livez HTTP/1.1', 'host: localhost'])).status).toBe(200);
});

test('closing ends what is idle, silent or half sent at once, and lets what is under way be answered', async () => {
  const { http, url } = await serveHttp();
  const silent = await RawHttp.open(url);
  const half = (await RawHttp.open(url)).send('POST /graphql HTTP/1.1\r\nhost: loc');
  const idle = (await RawHttp.open(url)).send('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await once(idle.socket, 'data');
  const busy = (await RawHttp.open(url)).send(postHead(viewer.length)).send(viewer.slice(0, 5));
  const stuck = (await RawHttp.open(url)).send(postHead(1000)).send('{');
  await until(async () => (await ask(url, ['GET /livez HTTP/1.1', 'host: localhost'])).status === 200);
  const closed = http.close();
  expect(await silent.ended).toBe('');
  expect(await half.ended).toBe('');
  await idle.ended;
  busy.send(viewer.slice(5));
  const answer = await busy.answer();
  expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
  await closed;
  expect(await stuck.ended).toBe('');
  await expect(RawHttp.open(url)).rejects.toThrow();
});
