import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { postHead, serveHttp, viewer } from '../support/http.js';
import { ask, RawHttp } from '../support/raw-http.js';
import { until } from '../support/wait.js';

const short = { headers: 200, request: 400, interval: 50 };

test.each([
  ['says nothing', ''],
  ['sends half of its headers', 'GET /graphql HTTP/1.1\r\nhost: loc'],
  ['withholds its body', postHead(1000)],
  ['sends a part of its body', `${postHead(1000)}{"query":`],
])('a connection on which a client %s is answered with 408 and closed', async (_, text) => {
  const { url } = await serveHttp({ deadlines: short });
  const raw = await RawHttp.open(url);
  if (text) raw.send(text);
  expect((await raw.answer()).status).toBe(408);
});

test('a client that sends its body byte by byte is not waited for', async () => {
  const { url } = await serveHttp({ deadlines: short });
  const raw = await RawHttp.open(url);
  raw.send(postHead(100_000));
  const drip = setInterval(() => raw.send(' '), 20);
  onTestFinished(() => clearInterval(drip));
  expect((await raw.answer()).status).toBe(408);
});

test('bodies are weighed in sum: what goes beyond is LIMIT_EXCEEDED, and may be sent again when others are done', async () => {
  const { url } = await serveHttp({ bodies: { reporter: 1000, reader: 1000, sum: 2500 } });
  const held = await Promise.all(
    [1, 2].map(async () => (await RawHttp.open(url)).send(postHead(1000)).send(' '.repeat(999))),
  );
  const send = () => ask(url, postHead(0).split('\r\n').slice(0, 3), viewer.padStart(600));
  await until(async () => (await send()).status === 429);
  const refused = await send();
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
  expect(JSON.parse(refused.body).errors[0].extensions).toEqual({
    code: 'LIMIT_EXCEEDED',
    retryable: true,
    retryAfterSeconds: 1,
  });
  held[0]?.socket.destroy();
  await until(async () => (await send()).status === 200);
  for (let round = 0; round < 50; round += 1) expect((await send()).status).toBe(200);
});

test('localhost is 127.0.0.1 and ::1', async () => {
  const port = new URL((await serveHttp({}, 'localhost')).url).port;
  const status = async (host: string) => (await fetch(`http://${host}:${port}/livez`)).status;
  expect(await status('127.0.0.1')).toBe(200);
  // A machine may have no IPv6.
  if (Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1')))
    expect(await status('[::1]')).toBe(200);
});
