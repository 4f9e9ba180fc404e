import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createDoor } from '../../src/transport/door.js';

const door = createDoor({ allowedHosts: ['stepcast.example', 'Bücher.example'] });

interface Given {
  readonly url?: string;
  readonly version?: string;
  readonly headers: readonly string[];
}

/** The status that a request with these headers (`name`, `value`, `name` …) is refused with; null: it is let in. */
function statusOf({ url = '/graphql', version = '1.1', headers }: Given) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { url, rawHeaders: headers, httpVersion: version });
  return door.admit(request)?.status ?? null;
}

describe('Host', () => {
  test.each([
    'localhost',
    'localhost:4000',
    'LocalHost.:81',
    '127.0.0.1:4000',
    '[::1]:4000',
    '[0:0:0:0:0:0:0:1]',
    'stepcast.example',
    'STEPCAST.example.:8443',
    'xn--bcher-kva.example',
  ])('%s names this server', (host) => expect(statusOf({ headers: ['Host', host] })).toBeNull());

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io:4000',
    'evil-localhost',
    'sub.stepcast.example',
    'my_host',
    '[::2]',
    '[::ffff:127.0.0.1]',
    '10.0.0.1',
    '0.0.0.0',
  ])('%s is another server: 421', (host) => expect(statusOf({ headers: ['Host', host] })).toBe(421));

  test.each([
    '',
    ' ',
    'localhost@evil.example',
    'evil.example@localhost',
    'localhost/',
    'localhost#',
    'localhost?',
    'localhost\\',
    'localhost, localhost',
    'local host',
    'localhost:4000:4000',
    'localhost:99999',
    'localhost:x',
    '%6cocalhost',
    'http://localhost',
    '[::1',
    '::1',
    '[localhost]',
    'lücalhost',
  ])('“%s” is no host: 400', (host) => expect(statusOf({ headers: ['Host', host] })).toBe(400));

  test('none, and more than one: 400', () => {
    expect(statusOf({ headers: [] })).toBe(400);
    expect(statusOf({ headers: [], version: '1.0' })).toBe(400);
    expect(statusOf({ headers: ['Host', 'localhost', 'hOST', 'localhost'] })).toBe(400);
    expect(statusOf({ headers: ['Host', 'localhost', 'Host', 'evil.example'] })).toBe(400);
  });

  test.each([
    'http://evil.example/graphql',
    'http://localhost@evil.example/graphql',
    'evil.example:443',
    'ftp://localhost/',
  ])('a target of another authority, %s, is not saved by it', (url) =>
    expect(statusOf({ url, headers: ['Host', 'localhost'] })).toBe(421),
  );
  test('a target with this server’s authority is let in, if Host is its own too', () => {
    const url = 'http://localhost:4000/graphql';
    expect(statusOf({ url, headers: ['Host', 'localhost:4000'] })).toBeNull();
    expect(statusOf({ url, headers: ['Host', 'evil.example'] })).toBe(421);
  });

  test('probes come by any name, and by HTTP/1.0 without one', () => {
    for (const url of ['/livez', '/readyz', '/readyz?verbose']) {
      expect(statusOf({ url, headers: ['Host', '10.2.3.4:4000'] })).toBeNull();
      expect(statusOf({ url, headers: [], version: '1.0' })).toBeNull();
      expect(statusOf({ url, headers: [] })).toBe(400);
    }
    expect(statusOf({ url: '/livez/../graphql', headers: ['Host', 'evil.example'] })).toBe(421);
  });
});

describe('Origin', () => {
  const from = (origin: string, host = 'localhost:4000') => statusOf({ headers: ['Host', host, 'Origin', origin] });

  test.each([
    ['http://localhost:4000', 'localhost:4000'],
    ['HTTP://LOCALHOST:4000', 'localhost.:4000'],
    ['http://localhost.:4000', 'localhost:4000'],
    ['http://localhost', 'localhost:80'],
    ['http://localhost:80', 'localhost'],
    ['http://localhost', 'localhost'],
    ['https://localhost', 'localhost:443'],
    ['https://localhost:443', 'localhost'],
    ['https://stepcast.example', 'stepcast.example:443'],
    ['https://stepcast.example', 'stepcast.example'],
    ['https://Stepcast.Example:8443', 'stepcast.example:8443'],
    ['http://[::1]:4000', '[0::1]:4000'],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example'],
    // Proxies often put their own `Host`.
    ['https://stepcast.example', '127.0.0.1:4000'],
  ])('%s is the same as that of %s', (origin, host) => expect(from(origin, host)).toBeNull());

  test.each([
    ['https://evil.example', 'localhost:4000'],
    ['http://localhost:3000', 'localhost:4000'],
    ['http://127.0.0.1:4000', 'localhost:4000'],
    ['http://localhost', 'localhost:443'],
    ['https://localhost', 'localhost:80'],
    ['https://localhost:4000@evil.example', 'localhost:4000'],
    ['http://localhost:4000.evil.example', 'localhost:4000'],
    ['http://localhost.evil.example:4000', 'localhost:4000'],
    ['http://localhost:4000/', 'localhost:4000'],
    ['http://localhost:4000, http://evil.example', 'localhost:4000'],
    ['https://stepcast.example:8443', '127.0.0.1:4000'],
    ['ws://localhost:4000', 'localhost:4000'],
    ['chrome-extension://abcdef', 'localhost:4000'],
    ['file://', 'localhost:4000'],
    ['null', 'localhost:4000'],
    ['undefined', 'localhost:4000'],
    ['', 'localhost:4000'],
    ['localhost:4000', 'localhost:4000'],
    ['http://', 'localhost:4000'],
    ['http:localhost:4000', 'localhost:4000'],
    ['http:\\\\localhost:4000', 'localhost:4000'],
  ])('“%s” is foreign to %s: 403', (origin, host) => expect(from(origin, host)).toBe(403));

  test('two of them are foreign', () => {
    const own = 'http://localhost:4000';
    expect(statusOf({ headers: ['Host', 'localhost:4000', 'Origin', own, 'Origin', own] })).toBe(403);
  });

  test('it is compared with the target’s authority, where the target has one', () => {
    const headers = ['Host', 'localhost:1', 'Origin', 'http://localhost:2'];
    expect(statusOf({ url: 'http://localhost:2/graphql', headers })).toBeNull();
  });
});

test('what is refused is told in words, cut', () => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, {
    url: '/graphql',
    rawHeaders: ['Host', `${'x'.repeat(60_000)}.example`],
    httpVersion: '1.1',
  });
  const { code, message } = door.admit(request) ?? {};
  expect(code).toBe('FORBIDDEN');
  expect(message).toMatch(/^expected a Host that this server is known by .*, got "x{80}…"$/);
});
