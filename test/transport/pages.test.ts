import { readdirSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { ask, type RawAnswer } from '../support/raw-http.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const request = (line: string, ...headers: string[]) =>
  ask(app.url, [`${line} HTTP/1.1`, 'host: localhost', ...headers]);
const get = (path: string, ...headers: string[]) => request(`GET ${path}`, ...headers);
const asBrowser = 'accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const isPage = ({ status, headers, body }: RawAnswer) =>
  status === 200 && headers['content-type'] === 'text/html; charset=utf-8' && body.includes('<div id="root">');

/** The files that the page loads at once. */
const eager = async () =>
  [...(await get('/')).body.matchAll(/(?:src|href)="([^"]+\.(?:js|css|svg))"/g)].map(([, path = '']) => path);

describe('the page', () => {
  test.each([
    '/',
    '/clusters/0a52ee3b-7a1c-4a55-9d5c-8f1f3c9e2b11?tab=units&unit=a%2Fb',
    '/clusters/x/operations/y/steps/z',
    '/data_processing/clusters/x',
    '/signed-in?code=x&state=y',
    '/errors',
    '/errors/%F0%9F%92%A5%2F%3Cscript%3E%20%E2%80%AE%00',
    `/errors/${'x'.repeat(5000)}`,
  ])('is at %s', async (path) => expect(isPage(await get(path, asBrowser))).toBe(true));

  test('is the same for whoever asks for anything, and not for who asks for data', async () => {
    expect(isPage(await get('/clusters/x', 'accept: */*'))).toBe(true);
    const { status, headers, body } = await get('/clusters/x', 'accept: application/json');
    expect([status, headers.vary]).toEqual([406, expect.stringContaining('accept')]);
    expect(JSON.parse(body).errors[0].message).toMatch(/at \/graphql, and as REST at \/v1\.1\//);
  });

  test.each(['/foo', '/foo/bar.txt', '/graphiql/x', '/clusters.html'])(
    'says that nothing is at %s to a browser, and to programs',
    async (path) => {
      const { status, headers, body } = await get(path, asBrowser);
      expect([status, headers['content-type'], headers.vary]).toEqual([404, 'text/html; charset=utf-8', 'accept']);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(body).toContain('<div id="root">');
      for (const accept of ['*/*', 'application/json']) {
        const answer = await get(path, `accept: ${accept}`);
        expect([answer.status, JSON.parse(answer.body).errors[0].extensions.code]).toEqual([404, 'NOT_FOUND']);
      }
      const headed = await request(`HEAD ${path}`, asBrowser);
      expect([headed.status, headed.body]).toEqual([404, '']);
      const posted = await request(`POST ${path}`, asBrowser);
      expect([posted.status, JSON.parse(posted.body).errors[0].extensions.code]).toEqual([404, 'NOT_FOUND']);
    },
  );

  test('runs and loads nothing but its own files', async () => {
    const { headers } = await get('/');
    const policy = new Map(
      String(headers['content-security-policy'])
        .split('; ')
        .map((directive) => directive.split(/ (.*)/) as [string, string]),
    );
    for (const name of ['script-src', 'style-src', 'connect-src', 'img-src'])
      expect([name, policy.get(name)]).toEqual([name, "'self'"]);
    for (const name of ['default-src', 'base-uri', 'form-action', 'frame-ancestors'])
      expect([name, policy.get(name)]).toEqual([name, "'none'"]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  });

  test('is asked for again before it is used, and not sent twice', async () => {
    const { headers } = await get('/');
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', etag: expect.any(String) });
    const again = await get('/clusters/x', `if-none-match: ${headers.etag}`);
    expect([again.status, again.body]).toEqual([304, '']);
  });

  test('answers HEAD as GET, without the body', async () => {
    const [got, headed] = [await get('/clusters/x'), await request('HEAD /clusters/x')];
    expect([headed.status, headed.headers['content-length'], headed.body]).toEqual([
      200,
      got.headers['content-length'],
      '',
    ]);
  });
});

describe('its files', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('are there compressed (%s), and kept for good', async (coding, decode) => {
    const [script = ''] = (await eager()).filter((path) => path.endsWith('.js'));
    const plain = await get(script);
    const { status, headers, body } = await get(script, `accept-encoding: ${coding}`);
    expect([status, headers['content-encoding'], headers.vary]).toEqual([200, coding, 'accept-encoding']);
    expect(headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(decode(Buffer.from(body, 'latin1')).toString('latin1')).toBe(plain.body);
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('are all of those that were built, and no others', async () => {
    const files = readdirSync(new URL('../../dist/web/page/assets', import.meta.url)).filter(
      (name) => !/\.(br|gz)$/.test(name),
    );
    for (const name of files) expect([name, (await get(`/assets/${name}`)).status]).toEqual([name, 200]);
    for (const path of [
      '/assets/none.js',
      '/assets/',
      `/assets/${files[0]}.br`,
      '/index.html',
      '/assets/..%2findex.html',
    ])
      expect([path, (await get(path)).status >= 400]).toEqual([path, true]);
  });

  test('are not the page where there is none', async () => {
    const { status, body } = await get('/assets/none.js', asBrowser);
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([404, 'NOT_FOUND']);
  });
});

test('GraphiQL stays where it was', async () => {
  const { status, headers } = await get('/graphiql/', 'accept-encoding: br');
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect((await get('/graphiql')).headers.location).toBe('/graphiql/');
});
