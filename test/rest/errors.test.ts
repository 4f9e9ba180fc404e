import { afterEach, describe, expect, test } from 'vitest';
import { server } from '../rules/fixture.js';
import { ask } from '../support/raw-http.js';
import { get, refusal, unknown } from './fixture.js';

const on = server();
const at = async (path: string, ...headers: string[]) => refusal(await get(on.url, `/v1.1${path}`, ...headers));

/** None of it is the server's fault. */
afterEach(() => expect(on.app.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]));

describe('what is not there', () => {
  test('another tenant is not found, whether it exists or not, nor are its clusters', async () => {
    const { clusterId } = await on.running('first');
    for (const path of ['', `/${clusterId}`, `/${clusterId}/progress`]) {
      expect(await at(`/acme/clusters${path}`)).toBe(
        '404 NOT_FOUND: expected the id of a tenant, got "acme", which names none',
      );
    }
    expect(await at(`/DEFAULT/clusters`)).toMatch(/^404 NOT_FOUND/);
    expect(await at(`/default%00/clusters`)).toMatch(/^404 NOT_FOUND/);
  });

  test.each([unknown, 'x', '%27%20OR%201=1', '%00', '..%2F..%2Fetc', 'x'.repeat(5000), '%F0%9F%90%98'])(
    'the cluster %s is not found, the same way as a deleted one',
    async (id) => {
      for (const path of ['', '/progress', '?show_progress=true']) {
        expect(await at(`/default/clusters/${id}${path}`)).toMatch(
          /^404 NOT_FOUND: expected the id of a cluster, got ".{1,120}", which names none$/,
        );
      }
    },
  );
  test('a deleted cluster is not found', async () => {
    const { clusterId } = await on.running('first');
    await on.deleteCluster(clusterId);
    expect(await at(`/default/clusters/${clusterId}`)).toMatch(/^404 NOT_FOUND/);
  });

  test('a step of another cluster is not found', async () => {
    const [one, other] = [await on.running('first'), await on.running('first')];
    const path = `/default/clusters/${one.clusterId}/progress?provision_step_id=`;
    expect(await at(path + other.stepIds[0])).toMatch(/^404 NOT_FOUND: expected the id of a step of this cluster/);
    expect(await at(`${path}x`)).toMatch(/^404 NOT_FOUND/);
  });

  test.each(['', '/', '/default', '/default/', '/default/jobs', '/openapi.yaml'])(
    'the path /v1.1%s is not served, and says which are',
    async (path) => {
      expect(await at(path)).toMatch(
        /^404 NOT_FOUND: expected one of \/v1.1\/\{tenant_id\}\/clusters, .*, \/v1.1\/openapi.json, got GET "/,
      );
    },
  );
});

describe('how it is asked for', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('%s is not allowed', async (method) => {
    const paths = ['/default/clusters', '/acme/clusters', `/default/clusters/${unknown}/progress`, '/openapi.json'];
    for (const path of paths) {
      const lines = [`${method} /v1.1${path} HTTP/1.1`, 'host: localhost', 'content-type: text/xml'];
      const answer = await ask(on.url, lines, '<a/>');
      expect(refusal({ ...answer, body: JSON.parse(answer.body) })).toBe(
        `405 BAD_USER_INPUT: expected GET or HEAD, got ${method}: reports are made through /graphql`,
      );
      expect(answer.headers.allow).toBe('GET, HEAD');
    }
  });

  test.each(['text/html', 'application/xml', 'application/json;q=0', 'application/graphql-response+json'])(
    'accept: %s cannot be met',
    async (accept) => {
      expect(await at('/default/clusters', `accept: ${accept}`)).toMatch(
        /^406 BAD_USER_INPUT: expected to be asked for application\/json, got accept: "/,
      );
    },
  );
  test.each(['', '*/*', 'application/*;q=0.1', 'text/html, application/json;q=0.9'])(
    'accept: %s is met',
    async (accept) => {
      const { status } = await get(on.url, '/v1.1/default/clusters', `accept: ${accept}`);
      expect(status).toBe(200);
    },
  );

  test.each(['/%zz/clusters', '/default/clusters/%ff', '/default/clusters/%E0%A4%A'])(
    'bad escapes in %s are refused',
    async (path) =>
      expect(await at(path)).toBe(`400 BAD_USER_INPUT: expected a path whose escapes are UTF-8, got "/v1.1${path}"`),
  );

  test.each([
    ['?limit=0', 'expected limit to be a whole number from 1 on, got "0"'],
    ['?limit=-1', 'expected limit to be a whole number from 1 on, got "-1"'],
    ['?limit=1e3', 'expected limit to be a whole number from 1 on, got "1e3"'],
    ['?limit=', 'expected limit to be a whole number from 1 on, got ""'],
    ['?limit=1&limit=2', 'expected limit once, got "2"'],
    ['?limit=%zz', 'expected limit to be a whole number from 1 on, got "%zz"'],
    ['?marker=x', 'expected marker to be the id of a cluster, got "x"'],
    [`?marker=${unknown}`, `expected marker to be the id of a cluster, got "${unknown}"`],
    ['?plugin_name=x', 'expected a parameter of this path (limit, marker), got "plugin_name"'],
  ])('%s is refused in words', async (query, message) => {
    expect(await at(`/default/clusters${query}`)).toBe(`400 BAD_USER_INPUT: ${message}`);
  });

  test('so are the other resources’ parameters', async () => {
    const { clusterId } = await on.running('first');
    expect(await at(`/default/clusters/${clusterId}?show_progress=yes`)).toBe(
      '400 BAD_USER_INPUT: expected show_progress to be true or false, got "yes"',
    );
    expect(await at(`/default/clusters/${clusterId}/progress?marker=1.5`)).toBe(
      '400 BAD_USER_INPUT: expected marker to be one that markers.next gave out, got "1.5"',
    );
  });
});

describe('the door', () => {
  test('requests by a foreign name, or of a foreign page, are refused', async () => {
    expect(await at('/default/clusters', 'origin: https://evil.example')).toMatch(/^403 FORBIDDEN: expected no Origin/);
    expect(await at('/default/clusters', 'sec-fetch-site: cross-site')).toMatch(/^403 FORBIDDEN: expected a GET by/);
    const answer = await ask(on.url, ['GET /v1.1/default/clusters HTTP/1.1', 'host: evil.example']);
    expect(refusal({ ...answer, body: JSON.parse(answer.body) })).toMatch(/^421 FORBIDDEN: expected a Host/);
  });

  test.each([
    '//v1.1/default/clusters',
    '/v1.1//clusters',
    '/v1.1/default//clusters',
    '/v1.1/default/clusters//progress',
  ])('the doubled slash in %s is none of the paths', async (path) =>
    expect(refusal(await get(on.url, path))).toMatch(/^404 NOT_FOUND: expected .*, got /),
  );

  test('other spellings of a path are the same path', async () => {
    expect(await at('/acme/cl%75sters')).toMatch(/^404 NOT_FOUND: expected the id of a tenant/);
    expect(refusal(await get(on.url, 'http://localhost/v1.1/acme/clusters'))).toMatch(/^404 NOT_FOUND/);
  });
});
