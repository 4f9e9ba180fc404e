import { expect, onTestFinished, test } from 'vitest';
import { listenForScrapes } from '../../src/observe/listener.js';
import { tokenOf } from '../auth/credentials.js';
import { ofIssuer } from '../auth/fixture.js';
import { startApp } from '../support/app.js';
import { serveHttp } from '../support/http.js';
import { startIssuer } from '../support/issuer.js';
import { ask, RawHttp } from '../support/raw-http.js';
import { scrape } from './exposition.js';

const exposition = { contentType: 'text/plain; version=0.0.4; charset=utf-8', metrics: async () => 'up 1\n' };

test('/metrics takes an ADMIN, whatever the tenant; nobody else', async () => {
  const issuer = await startIssuer();
  const { url } = await serveHttp({ authenticator: await ofIssuer(issuer.options), exposition });
  const get = async (authorization?: string) => {
    const response = await fetch(`${url}/metrics`, { headers: authorization ? { authorization } : {} });
    return [response.status, await response.text()] as const;
  };
  const as = async (role: 'VIEWER' | 'REPORTER' | 'ADMIN') => get(await tokenOf(issuer, 'acme', role));
  expect((await get())[0]).toBe(401);
  expect((await get('Bearer x'))[0]).toBe(401);
  for (const role of ['VIEWER', 'REPORTER'] as const) {
    const [status, body] = await as(role);
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
  }
  expect(await as('ADMIN')).toEqual([200, 'up 1\n']);
});

test('a server without authentication answers /metrics to this machine, and on a port of its own if one is configured', async () => {
  const app = await startApp();
  onTestFinished(() => app.close());
  expect(await scrape(app.url)).toContain('stepcast_build_info{');
});

async function listening(given: Partial<Parameters<typeof listenForScrapes>[0]> = {}) {
  const failures: unknown[] = [];
  const options = { host: '127.0.0.1', port: 0, exposition, failed: (error: unknown) => void failures.push(error) };
  const listener = await listenForScrapes({ ...options, ...given });
  onTestFinished(() => listener.close());
  return { url: `http://127.0.0.1:${listener.port}`, failures };
}

test('the port for metrics has them and nothing else, for GET and HEAD', async () => {
  const { url } = await listening();
  const response = await fetch(`${url}/metrics?name[]=up`);
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    exposition.contentType,
    'up 1\n',
  ]);
  const statusOf = async (path: string, method = 'GET') => (await fetch(url + path, { method })).status;
  expect(await statusOf('/metrics', 'HEAD')).toBe(200);
  expect(await statusOf('/metrics', 'POST')).toBe(405);
  expect(await statusOf('/graphql')).toBe(404);
});

test('on loopback the port for metrics is reached by a name of this machine alone; elsewhere by any', async () => {
  const rebound = ['GET /metrics HTTP/1.1', 'host: evil.example', 'connection: close'];
  const { url } = await listening();
  expect((await ask(url, rebound)).status).toBe(421);
  const open = await listening({ host: '0.0.0.0' });
  expect((await ask(open.url, rebound)).status).toBe(200);
});

test('metrics that cannot be gathered are told as that, and the cause is not sent', async () => {
  const fault = new Error('a secret cause');
  const { url, failures } = await listening({ exposition: { ...exposition, metrics: () => Promise.reject(fault) } });
  const response = await fetch(`${url}/metrics`);
  expect([response.status, await response.text()]).toEqual([
    500,
    'the metrics could not be gathered: the log has why\n',
  ]);
  expect(failures).toEqual([fault]);
});

test('a port for metrics that is taken is told, not ignored', async () => {
  const { url } = await listening();
  await expect(listening({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a client that says nothing keeps no port open', async () => {
  const listener = await listenForScrapes({ host: '127.0.0.1', port: 0, exposition, failed: () => {} });
  const raw = await RawHttp.open(`http://127.0.0.1:${listener.port}`);
  await listener.close();
  expect(await raw.ended).toBe('');
});
