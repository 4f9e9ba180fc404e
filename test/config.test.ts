import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.js';

const faults = (env: Record<string, string>) => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('expected a ConfigError, got a config');
};

test('nothing set: the embedded database, on this machine', () => {
  expect(readConfig({ DATABASE_URL: '' })).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    databaseUrl: undefined,
    listenUrl: undefined,
    natsUrl: undefined,
    eventLog: true,
    progressIntervalMs: 100,
  });
});

test('STEPCAST_ALLOWED_HOSTS is a list of names', () => {
  const hosts = (list: string) => readConfig({ STEPCAST_ALLOWED_HOSTS: list }).allowedHosts;
  expect(hosts('')).toEqual([]);
  expect(hosts('Stepcast.example, bücher.example,my_host,[::2],10.0.0.7')).toEqual([
    'Stepcast.example',
    'bücher.example',
    'my_host',
    '[::2]',
    '10.0.0.7',
  ]);
});

test.each(['https://x', 'x:443', 'x/', 'a@b', 'x,,y', '*', '*.example', '::1', 'a b', '256.0.0.1'])(
  'STEPCAST_ALLOWED_HOSTS=%s is refused',
  (list) => {
    expect(faults({ STEPCAST_ALLOWED_HOSTS: list })).toContain(
      `STEPCAST_ALLOWED_HOSTS: expected host names separated by commas, such as stepcast.example, without scheme or port, got "${list}"`,
    );
  },
);

test.each(['nats://one:4222', 'tls://user:word@one', 'nats://one:4222,nats://two:4222,nats://[::1]:4222'])(
  'NATS_URL may be %s',
  (url) => expect(readConfig({ NATS_URL: url }).natsUrl).toBe(url),
);

test.each([
  ['NATS_URL', 'http://one', 'expected a URL that begins with nats:// or tls://, or several separated by commas'],
  ['NATS_URL', 'nats://one,', 'expected a URL that begins with nats:// or tls://, or several separated by commas'],
  ['STEPCAST_LISTEN_URL', 'http://one', 'expected a URL that begins with postgres:// or postgresql://'],
  ['DATABASE_URL', 'mysql://one', 'expected a URL that begins with postgres:// or postgresql://'],
  ['HOST', '0.0.0.0', 'expected 127.0.0.1, ::1 or localhost: callers are not authenticated yet'],
  ['PORT', '65536', 'expected a whole number from 0 to 65535'],
  ['PORT', '4e3', 'expected a whole number from 0 to 65535'],
  ['STEPCAST_EVENT_LOG', 'yes', 'expected on or off'],
  ['STEPCAST_PROGRESS_INTERVAL_MS', '-1', 'expected a whole number from 0 to 60000'],
  ['STEPCAST_READER_TIMEOUT_SECONDS', '0', 'expected a whole number from 1 to 3600'],
  ['STEPCAST_LOG_LEVEL', 'loud', 'expected debug, info, warn, error or silent'],
])('%s=%s is refused: %s', (name, value, words) => {
  expect(faults({ [name]: value })).toContain(name);
  expect(faults({ [name]: value })).toContain(words);
});

test('every fault is told at once, and no password', () => {
  const message = faults({ PORT: 'x', STEPCAST_EVENT_LOG: 'x', DATABASE_URL: 'mysql://someone:secret@one' });
  for (const name of ['PORT', 'STEPCAST_EVENT_LOG', 'DATABASE_URL']) expect(message).toContain(name);
  expect(message).not.toContain('secret');
});
