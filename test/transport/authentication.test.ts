import { expect, test } from 'vitest';
import { everybody } from '../../src/auth/everybody.js';
import { readConfig } from '../../src/config.js';
import { Limits } from '../../src/limits/limits.js';
import { tokenOf } from '../auth/credentials.js';
import { ofIssuer } from '../auth/fixture.js';
import { serveHttp, viewer } from '../support/http.js';
import { startIssuer } from '../support/issuer.js';
import { ask, RawHttp } from '../support/raw-http.js';
import { eventually, until } from '../support/wait.js';

/** HTTP that takes the tokens of an issuer, whose keys may be away from the beginning. */
async function serving({ isAway = false } = {}) {
  const issuer = await startIssuer();
  if (isAway) await issuer.stop();
  const authenticator = await ofIssuer(issuer.options);
  const { url } = await serveHttp({ authenticator });
  return { url, issuer };
}

const head = (...lines: string[]) => [
  'POST /graphql HTTP/1.1',
  'host: localhost',
  'content-type: application/json',
  ...lines,
];
const authorized = (authorization: string) => `authorization: ${authorization}`;

test('a caller is who its token says', async () => {
  const { url, issuer } = await serving();
  const query = '{"query":"{ viewer { tenantId roles } }"}';
  const { body } = await ask(url, head(authorized(await tokenOf(issuer, 'acme', 'REPORTER'))), query);
  expect(JSON.parse(body)).toEqual({ data: { viewer: { tenantId: 'acme', roles: ['VIEWER', 'REPORTER'] } } });
});

test('A1: of a request without a token the body is not waited for', async () => {
  const { url } = await serving();
  const raw = await RawHttp.open(url);
  raw.send(`${head('connection: close', `content-length: ${8 * 1024 * 1024}`).join('\r\n')}\r\n\r\n`);
  const { status, headers, body } = await raw.answer();
  expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
  expect(JSON.parse(body)).toEqual({
    errors: [
      {
        message: 'expected an `authorization` of the form "Bearer <token>", got none',
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ],
  });
});

test('after a 401 the connection serves the next request', async () => {
  const { url, issuer } = await serving();
  const raw = await RawHttp.open(url);
  const length = `content-length: ${viewer.length}`;
  raw.send(`${head(length).join('\r\n')}\r\n\r\n${viewer}`);
  const token = authorized(await tokenOf(issuer, 'acme', 'VIEWER'));
  raw.send(`${head(token, length, 'connection: close').join('\r\n')}\r\n\r\n${viewer}`);
  expect((await raw.ended).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
});

test.each([
  ['twice', (token: string) => [authorized(token), authorized(token)]],
  ['twice, once empty', (token: string) => ['authorization: ', authorized(token)]],
  ['in a list', (token: string) => [authorized(`${token}, ${token}`)]],
  ['by another scheme', (token: string) => [authorized(token.replace('Bearer', 'Basic'))]],
  ['without a scheme', (token: string) => [authorized(token.replace('Bearer ', ''))]],
  ['with something behind it', (token: string) => [authorized(`${token} x`)]],
  ['cut', (token: string) => [authorized(token.slice(0, -10))]],
])('credentials that are sent %s are refused in words that repeat nothing of them', async (_, lines) => {
  const { url, issuer } = await serving();
  const token = await tokenOf(issuer, 'acme', 'ADMIN');
  const { status, headers, body } = await ask(url, head(...lines(token)), viewer);
  expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
  expect(JSON.parse(body).errors).toMatchObject([
    { message: expect.stringMatching(/^expected .+, got /), extensions: { code: 'UNAUTHENTICATED' } },
  ]);
  expect(body).not.toContain(token.slice(10, 30));
});

test('a token in the query or in a cookie is none', async () => {
  const { url, issuer } = await serving();
  const token = (await tokenOf(issuer, 'acme', 'ADMIN')).replace('Bearer ', '');
  const [first, ...rest] = head(`cookie: authorization=${token}; access_token=${token}`) as [string, ...string[]];
  const lines = [first.replace('/graphql', `/graphql?access_token=${token}&authorization=${token}`), ...rest];
  expect((await ask(url, lines, viewer)).status).toBe(401);
});

test('a reader sends at most 1 MiB, a reporter 8 MiB', async () => {
  const { url, issuer } = await serving();
  const mebibyte = 1024 * 1024;
  const send = async (role: 'VIEWER' | 'REPORTER', bytes: number) =>
    (await ask(url, head(authorized(await tokenOf(issuer, 'acme', role))), viewer.padStart(bytes))).status;
  expect(await send('VIEWER', mebibyte)).toBe(200);
  expect(await send('VIEWER', mebibyte + 1)).toBe(413);
  expect(await send('REPORTER', 8 * mebibyte)).toBe(200);
  expect(await send('REPORTER', 8 * mebibyte + 1)).toBe(413);
});

test('while the keys of the issuer are away, nobody can be judged: UNAVAILABLE, to be tried again', async () => {
  const { url, issuer } = await serving({ isAway: true });
  const token = await tokenOf(issuer, 'acme', 'ADMIN');
  const { status, headers, body } = await ask(url, head(authorized(token)), viewer);
  expect([status, headers['retry-after'], headers['www-authenticate']]).toEqual([503, '1', undefined]);
  expect(JSON.parse(body).errors[0].extensions.code).toBe('UNAVAILABLE');
});

test('a fault in judging credentials is INTERNAL, and masked', async () => {
  const authenticate = () => Promise.reject(new Error('password=hunter2'));
  const { url } = await serveHttp({ authenticator: { ...everybody, authenticate } });
  const { status, body } = await ask(url, head(), viewer);
  expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([500, 'INTERNAL']);
  expect(body).not.toContain('hunter2');
});

test('REST refuses in its own form: without a token, and with one that has no role', async () => {
  const { url, issuer } = await serving();
  const get = (...lines: string[]) => ask(url, ['GET /v1.1/acme/clusters HTTP/1.1', 'host: localhost', ...lines]);
  const nobody = await get();
  expect([nobody.status, nobody.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  expect(JSON.parse(nobody.body)).toMatchObject({ error_code: 401, error_name: 'UNAUTHENTICATED' });
  const powerless = await get(authorized(await tokenOf(issuer, 'acme')));
  expect(JSON.parse(powerless.body)).toEqual({
    error_code: 403,
    error_name: 'FORBIDDEN',
    error_message: 'expected a caller with the role VIEWER for reading clusters, got one without roles',
  });
});

test.each([
  ['/', 200],
  ['/clusters/some', 200],
  ['/graphiql/', 200],
  ['/auth.json', 200],
  ['/livez', 200],
  ['/readyz', 200],
  ['/v1.1/openapi.json', 200],
  ['/nowhere', 404],
  ['/v1.1/acme/nowhere', 404],
  ['/graphql?query={__typename}', 401],
  ['/graphql/?query={__typename}', 401],
  ['/%67raphql?query={__typename}', 401],
  ['/v1.1/acme/clusters', 401],
  ['/v1.1/acme/clusters/some/progress', 401],
])('without a token, %s is answered with %i', async (path, status) => {
  const { url } = await serving();
  for (const method of ['GET', 'HEAD']) {
    const answer = await ask(url, [`${method} ${path} HTTP/1.1`, 'host: localhost']);
    if (method === 'GET' || !path.includes('raphql')) expect(answer.status, method).toBe(status);
  }
});

test('a page is told what it may sign in with', async () => {
  const oidc = { issuer: 'https://issuer.example', clientId: 'page', scope: 'openid' };
  const offered = async (auth: object) => {
    const { url } = await serveHttp({ auth: { mode: 'on', jwt: null, oidc: null, ...auth } });
    return (await fetch(`${url}/auth.json`)).json();
  };
  expect(await offered({})).toEqual({ token: true, oidc: null });
  expect(await offered({ oidc })).toEqual({ token: true, oidc });
  expect(await offered({ mode: 'token' })).toEqual({ token: true, oidc: null });
  expect(await offered({ mode: 'off' })).toEqual({ token: false, oidc: null });
});

test('a caller who leaves while its credentials are judged counts no longer', async () => {
  const issuer = await startIssuer();
  let answer = () => {};
  issuer.held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const limits = new Limits({ ...readConfig({}).limits, requestsUnderWay: 2 });
  const { http, url } = await serveHttp({ authenticator: await ofIssuer(issuer.options), limits });
  let [arrived, left] = [0, 0];
  http.server.on('request', (_, response) => {
    arrived += 1;
    response.once('close', () => {
      left += 1;
    });
  });
  const token = authorized(await tokenOf(issuer, 'acme', 'VIEWER'));
  for (let caller = 0; caller < 3; caller++) {
    const raw = await RawHttp.open(url);
    raw.send(`${head(token, `content-length: ${viewer.length}`).join('\r\n')}\r\n\r\n${viewer}`);
    await until(() => arrived === caller + 1);
    raw.socket.destroy();
    await until(() => left === caller + 1);
  }
  answer();
  await eventually(async () => expect((await ask(url, head(token), viewer)).status).toBe(200));
});
