import { once } from 'node:events';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { ask, type RawAnswer, RawHttp } from '../support/raw-http.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Whatever callers do wrong here is answered and leaves no line in the log. */
afterEach(() => expect(app.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]));

const viewer = '{"query":"{viewer{tenantId}}"}';
const reading = `/graphql?query=${encodeURIComponent('{viewer{tenantId}}')}`;
const whole = JSON.stringify({ data: { viewer: { tenantId: 'default' } } });
const json = 'content-type: application/json';

const get = (path: string, ...headers: string[]) =>
  ask(app.url, [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers]);
const post = (body: string | Buffer, ...headers: string[]) =>
  ask(app.url, ['POST /graphql HTTP/1.1', 'host: localhost', ...headers], body);
const fault = ({ status, body }: RawAnswer) => {
  const [{ message, extensions }] = JSON.parse(body).errors;
  return [status, `${extensions.code}: ${message}`];
};

describe('the door', () => {
  test.each([
    ['GET', '/graphiql/'],
    ['GET', reading],
    ['GET', '/nowhere'],
    ['POST', '/graphql'],
  ])('%s %s by a foreign name for this machine is misdirected', async (method, path) => {
    const answer = await ask(app.url, [`${method} ${path} HTTP/1.1`, 'host: rebound.example'], viewer);
    expect(fault(answer)).toEqual([
      421,
      expect.stringMatching(/^FORBIDDEN: expected a Host .*, got "rebound.example"$/),
    ]);
  });

  test('a Host that is none, is missing or comes twice is refused in words', async () => {
    const words = /^BAD_USER_INPUT: expected one Host such as localhost:4000, got /;
    for (const hosts of [['host: a b'], ['host: localhost', 'Host: localhost'], ['host:'], []]) {
      const answer = await ask(app.url, ['GET /graphql HTTP/1.1', ...hosts]);
      expect(fault(answer)).toEqual([400, expect.stringMatching(words)]);
    }
    expect((await ask(app.url, ['GET /graphiql/ HTTP/1.0'])).status).toBe(400);
  });

  test('a target with a foreign authority is misdirected whatever Host says', async () => {
    expect((await get('http://rebound.example/graphql')).status).toBe(421);
    expect((await get(`http://localhost${reading}`)).body).toBe(`${whole}\n`);
  });

  test('probes come by an address, and by HTTP/1.0', async () => {
    for (const path of ['/livez', '/readyz']) {
      expect((await ask(app.url, [`GET ${path} HTTP/1.1`, 'host: 10.1.2.3:4000'])).status).toBe(200);
      expect((await ask(app.url, [`GET ${path} HTTP/1.0`])).status).toBe(200);
    }
  });

  test.each(['null', 'https://evil.example', 'http://localhost:3000', 'garbage'])(
    'a page of origin %s may neither read nor write',
    async (origin) => {
      const words = /^FORBIDDEN: expected no Origin, or that of this server, got /;
      expect(fault(await post(viewer, json, `origin: ${origin}`))).toEqual([403, expect.stringMatching(words)]);
      expect(fault(await get(reading, `origin: ${origin}`))).toEqual([403, expect.stringMatching(words)]);
    },
  );

  test.each([
    ['x.example:443', 'https://x.example'],
    ['X.example', 'https://x.EXAMPLE:443'],
    ['x.example:80', 'http://x.example'],
  ])('behind a proxy, %s and %s are the same', async (host, origin) => {
    const behind = await startApp({ allowedHosts: ['x.example'] });
    try {
      const answer = await ask(
        behind.url,
        ['POST /graphql HTTP/1.1', `host: ${host}`, `origin: ${origin}`, json],
        viewer,
      );
      expect(answer.status).toBe(200);
    } finally {
      await behind.close();
    }
  });
});

describe('GET', () => {
  test.each([
    [[]],
    [['accept: application/graphql-response+json']],
    [['sec-fetch-site: none', 'accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8']],
    [['sec-fetch-site: same-origin']],
    [['accept: */*']],
    [['accept:']],
  ])('reads, with headers %j', async (headers) => {
    const answer = await get(reading, ...headers);
    expect([answer.status, answer.body]).toEqual([200, `${whole}\n`]);
  });

  test.each(['cross-site', 'same-site', 'whatever'])(
    'is refused to a foreign page: sec-fetch-site: %s',
    async (site) => {
      expect(fault(await get(reading, `sec-fetch-site: ${site}`))).toEqual([
        403,
        `FORBIDDEN: expected a GET by a page of this server or by no page, got one with sec-fetch-site: "${site}"`,
      ]);
      // The router decodes paths.
      expect((await get(reading.replace('graphql', '%67raphql'), `sec-fetch-site: ${site}`)).status).toBe(403);
    },
  );
});

describe('what is asked for', () => {
  test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE'])(
    '%s is not allowed, and told what is',
    async (method) => {
      for (const path of ['/graphql', '/graphql/', '/graphql?query=x']) {
        const answer = await ask(
          app.url,
          [`${method} ${path} HTTP/1.1`, 'host: localhost', 'content-type: text/xml'],
          '<a/>',
        );
        expect(fault(answer)).toEqual([405, `BAD_USER_INPUT: expected GET or POST, got ${method}`]);
        expect(answer.headers.allow).toBe('GET, POST');
      }
    },
  );
  test('nor is HEAD', async () => {
    const { status, headers } = await ask(app.url, ['HEAD /graphql HTTP/1.1', 'host: localhost']);
    expect([status, headers.allow]).toEqual([405, 'GET, POST']);
  });

  test('/graphql/ is /graphql', async () => {
    expect((await get(reading.replace('?', '/?'))).body).toBe(`${whole}\n`);
    const answer = await ask(app.url, ['POST /graphql/ HTTP/1.1', 'host: localhost', json], viewer);
    expect(answer.status).toBe(200);
  });

  test('a path of bad escapes, and one that is not served', async () => {
    expect((await get('/%zz')).status).toBe(400);
    expect((await get('/graphiql/%zz')).status).toBe(400);
    expect(fault(await get(`/${'x'.repeat(5000)}`))).toEqual([404, expect.stringMatching(/^NOT_FOUND: .{1,200}$/)]);
    expect((await get('/graphiql/../../package.json')).status).toBeGreaterThanOrEqual(400);
    expect((await get('/graphiql/..%2f..%2fpackage.json')).status).toBeGreaterThanOrEqual(400);
  });

  test.each(['text/event-stream', 'application/json;q=0, multipart/mixed'])(
    'accept: %s cannot be met, and is told of the websocket',
    async (accept) => {
      expect(fault(await post(viewer, json, `accept: ${accept}`))).toEqual([
        406,
        expect.stringMatching(/^BAD_USER_INPUT: expected to be asked for application\/json .* over the websocket/),
      ]);
    },
  );
  test('what cannot be answered is not executed', async () => {
    const create = 'mutation { createCluster(input: { name: "unseen" }) { cluster { id } } }';
    expect((await post(JSON.stringify({ query: create }), json, 'accept: text/html')).status).toBe(406);
    const list = await post('{"query":"{clusters(first:1){nodes{name}}}"}', json);
    expect(JSON.parse(list.body).data.clusters.nodes).toEqual([]);
  });

  test('a persisted query is not supported, by the code that clients fall back at', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'ab'.repeat(32) } };
    const { body } = await post(JSON.stringify({ extensions }), json);
    expect(JSON.parse(body).errors).toMatchObject([
      { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
    ]);
  });
});

describe('answers', () => {
  const schema = '{"query":"{__schema{types{name description}}}"}';
  const decoders = { br: brotliDecompressSync, gzip: gunzipSync };

  test.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0.5, gzip', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip;q=0', undefined],
    ['identity', undefined],
    ['zstd', undefined],
  ] as const)('accept-encoding: %s is answered with %s', async (accepted, coding) => {
    const { headers, body } = await post(schema, json, `accept-encoding: ${accepted}`);
    expect([headers['content-encoding'], headers.vary]).toEqual([coding, 'accept-encoding']);
    const bytes = Buffer.from(body, 'latin1');
    expect(headers['content-length']).toBe(String(bytes.length));
    const text = (coding ? decoders[coding](bytes) : bytes).toString();
    expect(JSON.parse(text).data.__schema.types.length).toBeGreaterThan(10);
  });
  test('short ones, and those nobody wants compressed, are not', async () => {
    expect((await post(viewer, json, 'accept-encoding: gzip')).headers['content-encoding']).toBeUndefined();
    expect((await post(schema, json)).headers['content-encoding']).toBeUndefined();
  });

  test('none is kept by anybody or taken for another type, but for files named by their content', async () => {
    const paths = ['/livez', '/readyz', '/nowhere', '/%zz', reading, '/graphql'];
    for (const path of paths) {
      expect([path, (await get(path)).headers]).toMatchObject([
        path,
        { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      ]);
    }
    const page = await get('/graphiql/');
    expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
    const [, script] = /src="([^"]+\.js)"/.exec(page.body) ?? [];
    const asset = await get(new URL(script ?? '', 'http://localhost/graphiql/').pathname);
    expect([asset.status, asset.headers]).toMatchObject([
      200,
      { 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' },
    ]);
  });
});

describe('bodies', () => {
  test.each([
    ['with a byte order mark', `\ufeff${viewer}`, json],
    ['of a charset that is UTF-8', viewer, `${json}; charset="UTF-8"`],
    ['of a type in capitals', viewer, 'Content-Type: Application/JSON'],
  ])('%s are read', async (_, body, type) => {
    expect((await post(Buffer.from(body), type)).status).toBe(200);
  });

  test.each([
    [
      415,
      'compressed',
      gzipSync(viewer),
      [json, 'content-encoding: gzip'],
      'expected a body without content-encoding, got "gzip"',
    ],
    [415, 'in another charset', viewer, [`${json}; charset=utf-16`], 'expected a body in UTF-8, got one in "utf-16"'],
    [415, 'of no type', viewer, [], 'expected a body of type application/json, got no type'],
    [
      415,
      'of a form',
      'query=x',
      ['content-type: application/x-www-form-urlencoded'],
      'expected a body of type application/json, got ',
    ],
    [
      400,
      'of other bytes than UTF-8',
      Buffer.from('{"query":"\xff"}', 'latin1'),
      [json],
      'expected the body to be UTF-8, got other bytes',
    ],
    [400, 'of spaces', '  ', [json], 'expected a body of JSON, got none'],
    [400, 'of half a value', '{"query":', [json], 'expected the body to be JSON, got text that is none'],
    [400, 'of a list', `[${viewer}]`, [json], 'expected one operation in a request, got a list of 1'],
  ] as const)('%i: those %s are not', async (status, _, body, headers, words) => {
    expect(fault(await post(body as string, ...headers))).toEqual([
      status,
      expect.stringContaining(`BAD_USER_INPUT: ${words}`),
    ]);
  });
  test('none at all is refused', async () => {
    expect((await post('', json, 'content-length: 0')).status).toBe(400);
    expect((await post('')).status).toBe(400);
  });

  const deep = (levels: number) =>
    `{"query":"{viewer{tenantId}}","variables":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
  test('JSON is at most 32 levels deep', async () => {
    expect((await post(deep(30), json)).status).toBe(200);
    const refusal = [400, 'LIMIT_EXCEEDED: expected JSON of at most 32 levels, got more'];
    expect(fault(await post(deep(31), json))).toEqual(refusal);
    expect(fault(await post('['.repeat(7.8e6), json))).toEqual(refusal);
    expect(fault(await post('{"a":'.repeat(1e6), json))).toEqual(refusal);
  });
  test('what stands in texts is no structure', async () => {
    const text = `${'['.repeat(100)}\\"${','.repeat(5000)}\\\\`;
    expect((await post(`{"query":"{viewer{tenantId}}","variables":{"a":"${text}"}}`, json)).status).toBe(200);
  });
  test('lists and objects have at most 10000 members', async () => {
    const list = (members: number) => `{"query":"{viewer{tenantId}}","variables":{"a":[${'1,'.repeat(members - 1)}1]}}`;
    // Of those that pass, a list has 1000 in variables: that is told by its name.
    expect(fault(await post(list(10_000), json))[1]).toMatch(/^LIMIT_EXCEEDED: expected at most 1000 /);
    const refusal = [400, 'LIMIT_EXCEEDED: expected at most 10000 members in each list and object, got more'];
    expect(fault(await post(list(10_001), json))).toEqual(refusal);
    expect(fault(await post(list(700_000), json))).toEqual(refusal);
    const lists = `[${'[1,2],'.repeat(9_999)}[]]`;
    const all = [400, 'LIMIT_EXCEEDED: expected at most 100000 values in all, got more'];
    expect(fault(await post(`[${`${lists},`.repeat(10)}1]`, json))).toEqual(all);
  });

  test.each([
    ['an id', 'query ($x: ID!) { cluster(id: $x) { id } }', (x: string) => x],
    ['an id to change', 'mutation ($x: ID!) { deleteCluster(input: { id: $x }) { id } }', (x: string) => x],
    ['a value of another type', 'query ($x: Int!) { clusters(first: $x) { nodes { id } } }', (x: string) => x],
    [
      'a value within another',
      'query ($x: Int!) { clusters(first: $x) { nodes { id } } }',
      (x: string) => ({ [x]: x }),
    ],
    ['a cursor', 'query ($x: String!) { clusters(first: 1, after: $x) { nodes { id } } }', (x: string) => x],
    [
      'the id of an event',
      'mutation ($x: ID!) { reportEvents(input: { events: [{ id: $x, stepId: $x, successful: true }] }) { results { id reason } } }',
      (x: string) => x,
    ],
  ])('%s of 3.9 million characters is not sent back', async (_, query, value) => {
    const { body } = await post(
      JSON.stringify({ query, variables: { x: value('\u009b'.repeat(1000).padEnd(3.9e6, 'x')) } }),
      json,
    );
    expect(body.length).toBeLessThan(8_000);
  });
  test('nor is a name in the document, or of an operation', async () => {
    const name = 'x'.repeat(3.9e6);
    expect((await post(`{"query":"{${name}}"}`, json)).body.length).toBeLessThan(4_000);
    const other = JSON.stringify({
      query: 'query a { viewer { tenantId } } query b { viewer { tenantId } }',
      operationName: name,
    });
    expect((await post(other, json)).body.length).toBeLessThan(4_000);
  });
});

describe('a request that would like another protocol', () => {
  const upgrade = [
    'connection: Upgrade, HTTP2-Settings',
    'upgrade: h2c',
    'http2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
  ];

  test('is served by this one, as Java’s client expects', async () => {
    const raw = await RawHttp.open(app.url);
    const request = ['POST /graphql HTTP/1.1', 'host: localhost', json, `content-length: ${viewer.length}`];
    raw.send(`${[...request, ...upgrade].join('\r\n')}\r\n\r\n${viewer}`);
    await once(raw.socket, 'data');
    // In pieces, on the same connection.
    for (const piece of [`${[...request, ...upgrade].join('\r\n')}\r\n\r\n`, viewer.slice(0, 9), viewer.slice(9)]) {
      raw.send(piece);
      await new Promise(setImmediate);
    }
    await once(raw.socket, 'data');
    raw.send(`${[...request, 'connection: close'].join('\r\n')}\r\n\r\n${viewer}`);
    const all = await raw.ended;
    expect(all.match(/HTTP\/1.1 200 OK/g)).toHaveLength(3);
    expect(all.split(whole)).toHaveLength(4);
  });

  test('leaves nothing behind on its connection', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    const raw = await RawHttp.open(app.url);
    for (let round = 0; round < 20; round += 1) {
      raw.send(`GET /livez HTTP/1.1\r\nhost: localhost\r\n${upgrade.join('\r\n')}\r\n\r\n`);
      await once(raw.socket, 'data');
    }
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  test('goes through the door as any other', async () => {
    const request = (host: string) => [
      `GET ${reading} HTTP/1.1`,
      `host: ${host}`,
      'upgrade: h2c',
      'connection: upgrade',
    ];
    expect((await ask(app.url, request('rebound.example'))).status).toBe(421);
    expect((await ask(app.url, request('localhost'))).status).toBe(200);
  });

  test('may break off', async () => {
    const raw = await RawHttp.open(app.url);
    raw.send(`GET / HTTP/1.1\r\nhost: localhost\r\n${upgrade.join('\r\n')}\r\n\r\n`);
    raw.socket.resetAndDestroy();
    await raw.ended;
    expect((await get('/livez')).status).toBe(200);
  });
});

describe('what is no HTTP', () => {
  test.each([
    [400, 'a line of nonsense', 'hello\r\n\r\n'],
    [400, 'a TLS handshake', '\x16\x03\x01\x02\x00'],
    [
      400,
      'both a length and chunks',
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [431, 'headers of 20 KB', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%i to %s, and the connection is closed', async (status, _, text) => {
    const answer = await (await RawHttp.open(app.url)).send(text).answer();
    expect(fault(answer)).toEqual([status, expect.any(String)]);
  });

  test('an upload that breaks off is nobody’s fault', async () => {
    const raw = await RawHttp.open(app.url);
    raw.send(`POST /graphql HTTP/1.1\r\nhost: localhost\r\n${json}\r\ncontent-length: 1000\r\n\r\n{"query"`);
    raw.socket.resetAndDestroy();
    await raw.ended;
    expect((await get('/livez')).status).toBe(200);
  });
});
