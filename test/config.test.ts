import { describe, expect, test } from 'vitest';
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
  ['HOST', 'x:80', 'expected an address or a name of this machine, such as 127.0.0.1, 0.0.0.0 or ::, without a port'],
  ['HOST', '0.0.0.0', 'STEPCAST_AUTH: expected on, as HOST=0.0.0.0 can be reached by other machines, got "token"'],
  ['HOST', '::', 'STEPCAST_ALLOWED_HOSTS: expected the names that callers use, as HOST=:: has none, got none'],
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

const jwt = {
  STEPCAST_AUTH: 'on',
  STEPCAST_JWT_JWKS: 'https://issuer.example/jwks',
  STEPCAST_JWT_ISSUER: 'https://issuer.example',
  STEPCAST_JWT_AUDIENCE: 'stepcast',
};

describe('authentication', () => {
  test('nothing set: by the token of this server', () => {
    expect(readConfig({}).auth).toEqual({ mode: 'token', jwt: null, oidc: null });
  });

  test('by the tokens of an issuer, with defaults for what they say', () => {
    expect(readConfig(jwt).auth).toEqual({
      mode: 'on',
      jwt: {
        jwks: 'https://issuer.example/jwks',
        issuer: 'https://issuer.example',
        audience: 'stepcast',
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        tenantClaim: 'tenant_id',
        rolesClaim: 'roles',
      },
      oidc: null,
    });
  });

  test('the pages sign in at the issuer of the tokens, unless told another', () => {
    const oidc = (more: object) => readConfig({ ...jwt, STEPCAST_OIDC_CLIENT_ID: 'page', ...more }).auth.oidc;
    expect(oidc({})).toEqual({ issuer: 'https://issuer.example', clientId: 'page', scope: 'openid' });
    expect(oidc({ STEPCAST_OIDC_ISSUER: 'http://localhost:1234', STEPCAST_OIDC_SCOPE: 'openid roles' })).toEqual({
      issuer: 'http://localhost:1234',
      clientId: 'page',
      scope: 'openid roles',
    });
  });

  test('other machines may reach a server that authenticates and knows its names', () => {
    const env = { HOST: '0.0.0.0', STEPCAST_AUTH: 'on', STEPCAST_ALLOWED_HOSTS: 'stepcast.example' };
    expect(readConfig(env)).toMatchObject({ host: '0.0.0.0', allowedHosts: ['stepcast.example'] });
  });

  test.each([
    './jwks.json',
    '/etc/stepcast/jwks.json',
    'C:\\keys\\jwks.json',
    'http://127.0.0.1:80/jwks',
    'http://[::1]/',
  ])('STEPCAST_JWT_JWKS may be %s', (value) =>
    expect(readConfig({ ...jwt, STEPCAST_JWT_JWKS: value }).auth.jwt?.jwks).toBe(value),
  );

  test.each([
    [{ STEPCAST_AUTH: 'yes' }, 'STEPCAST_AUTH: expected token, on or off, got "yes"'],
    [
      { STEPCAST_AUTH: 'off', HOST: '::' },
      'STEPCAST_AUTH: expected on, as HOST=:: can be reached by other machines, got "off"',
    ],
    [{ ...jwt, STEPCAST_AUTH: '' }, 'STEPCAST_AUTH: expected on, as STEPCAST_JWT_JWKS is set, got "token"'],
    [
      { ...jwt, STEPCAST_JWT_AUDIENCE: '' },
      'STEPCAST_JWT_AUDIENCE: expected a value, as STEPCAST_JWT_JWKS has one, got none',
    ],
    [
      { ...jwt, STEPCAST_JWT_JWKS: 'http://issuer.example/' },
      'STEPCAST_JWT_JWKS: expected a URL that begins with https://',
    ],
    [{ ...jwt, STEPCAST_JWT_JWKS: 'file:///jwks.json' }, 'STEPCAST_JWT_JWKS: expected a URL that begins with https://'],
    [{ ...jwt, STEPCAST_JWT_ALGORITHMS: 'HS256' }, 'STEPCAST_JWT_ALGORITHMS: expected some of RS256, '],
    [{ ...jwt, STEPCAST_JWT_ALGORITHMS: 'RS256,none' }, 'STEPCAST_JWT_ALGORITHMS: expected some of RS256, '],
    [
      { STEPCAST_JWT_ROLES_CLAIM: 'groups' },
      'STEPCAST_JWT_ROLES_CLAIM: expected STEPCAST_JWT_JWKS, STEPCAST_JWT_ISSUER, STEPCAST_JWT_AUDIENCE with it',
    ],
    [{ STEPCAST_AUTH: 'on', STEPCAST_OIDC_CLIENT_ID: 'page' }, 'STEPCAST_OIDC_CLIENT_ID: expected STEPCAST_JWT_JWKS, '],
    [
      { ...jwt, STEPCAST_OIDC_ISSUER: 'https://other.example' },
      'STEPCAST_OIDC_ISSUER: expected STEPCAST_OIDC_CLIENT_ID with it, got none',
    ],
    [
      { ...jwt, STEPCAST_JWT_ISSUER: 'me', STEPCAST_OIDC_CLIENT_ID: 'page' },
      'STEPCAST_JWT_ISSUER: expected a URL that begins with https://',
    ],
  ])('half a configuration is refused: %j', (env, words) => expect(faults(env)).toContain(words));

  test('no password in a URL is told', () => {
    const message = faults({ ...jwt, STEPCAST_JWT_JWKS: 'https://someone:secret@issuer.example/' });
    expect(message).toContain('STEPCAST_JWT_JWKS');
    expect(message).not.toContain('secret');
  });
});
