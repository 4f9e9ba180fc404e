import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeConfig } from '../../src/config/describe.js';
import { ConfigError, readConfig } from '../../src/config.js';

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('all that is wrong is told at once: values, what does not fit together, and names of no setting', () => {
  const faults = faultsOf({
    HOST: '0.0.0.0',
    PORT: 'http',
    STEPCAST_JWT_ISSUER: 'https://issuer.example',
    STEPCAST_RETENTION_DAY: '3',
    NATS_URL: 'http://user:secret@one',
  });
  expect(faults.map((fault) => fault.slice(0, fault.indexOf(':'))).sort()).toEqual([
    'NATS_URL',
    'PORT',
    'STEPCAST_ALLOWED_HOSTS',
    'STEPCAST_AUTH',
    'STEPCAST_AUTH',
    'STEPCAST_JWT_AUDIENCE',
    'STEPCAST_JWT_JWKS',
    'STEPCAST_RETENTION_DAY',
  ]);
  expect(faults.join()).not.toContain('secret');
});

test.each([
  ['STEPCAST_AUHT', 'STEPCAST_AUTH'],
  ['STEPCAST_JWT_AUDIENCES', 'STEPCAST_JWT_AUDIENCE'],
  ['STEPCAST_METRIC_PORT', 'STEPCAST_METRICS_PORT'],
])('%s is refused, and %s suggested', (name, meant) => {
  expect(faultsOf({ [name]: '1' })).toEqual([
    `${name}: expected the name of a setting, got one that nothing reads: did you mean ${meant}?`,
  ]);
});

test('a name like no other is refused without a suggestion; one that is empty is not set', () => {
  expect(faultsOf({ STEPCAST_X: '1' })).toEqual([
    'STEPCAST_X: expected the name of a setting, got one that nothing reads',
  ]);
  expect(faultsOf({ STEPCAST_X: '' })).toEqual([]);
});

test('what the CLI and the SDK read, and what Kubernetes and Docker set beside a service called stepcast, is no fault', () => {
  const links = {
    STEPCAST_SERVICE_HOST: '10.0.0.1',
    STEPCAST_SERVICE_PORT: '4000',
    STEPCAST_SERVICE_PORT_HTTP: '4000',
    STEPCAST_PORT: 'tcp://10.0.0.1:4000',
    STEPCAST_PORT_4000_TCP: 'tcp://10.0.0.1:4000',
    STEPCAST_PORT_4000_TCP_ADDR: '10.0.0.1',
    STEPCAST_POSTGRES_SERVICE_HOST: '10.0.0.2',
    STEPCAST_POSTGRES_PORT: 'tcp://10.0.0.2:5432',
  };
  expect(faultsOf({ ...links, STEPCAST_URL: 'http://one', STEPCAST_TOKEN: 'x', STEPCAST_TOKEN_FILE: 'x' })).toEqual([]);
  expect(faultsOf({ STEPCAST_PORT: '4000' })).toHaveLength(1);
});

test('STEPCAST_METRICS_PORT that Kubernetes has set for a Service is told as that', () => {
  expect(faultsOf({ STEPCAST_METRICS_PORT: 'tcp://10.0.0.1:9464' })).toEqual([
    'STEPCAST_METRICS_PORT: expected a whole number from 0 to 65535, got "tcp://10.0.0.1:9464", which Kubernetes sets for a Service of that name: set enableServiceLinks to false',
  ]);
});

test.each([
  [{ STEPCAST_LISTEN_URL: 'postgres://one' }, 'STEPCAST_LISTEN_URL: expected DATABASE_URL with it, got none'],
  [{ STEPCAST_METRICS_HOST: '::' }, 'STEPCAST_METRICS_HOST: expected STEPCAST_METRICS_PORT with it, got none'],
  [{ STEPCAST_METRICS_PORT: '4000' }, 'STEPCAST_METRICS_PORT: expected another port than PORT, got 4000 for both'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://one', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    'OTEL_EXPORTER_OTLP_PROTOCOL: expected http/json, which receivers take on the port of http/protobuf, got "grpc"',
  ],
])('%j is refused', (env, fault) => {
  expect(faultsOf(env as Record<string, string>)).toEqual([fault]);
});

test('traces are sent where OpenTelemetry says', () => {
  const tracing = (env: Record<string, string>) => readConfig(env).tracing;
  expect(tracing({})).toBeNull();
  expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://one:4318/' })).toEqual({
    url: 'http://one:4318/v1/traces',
    serviceName: 'stepcast',
  });
  const both = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://one', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://two/traces' };
  expect(tracing({ ...both, OTEL_SERVICE_NAME: 'mine' })).toEqual({ url: 'http://two/traces', serviceName: 'mine' });
  expect(tracing({ ...both, OTEL_SDK_DISABLED: 'true' })).toBeNull();
});

test('a description has every setting, its value without secrets, and where that is from', () => {
  const { text, faults } = describeConfig({
    DATABASE_URL: 'postgres://me:pass%2Fword@db/stepcast?sslpassword=hidden',
    NATS_URL: 'nats://natstoken@one:4222,nats://me:natspassword@two:4222',
    PORT: '4001',
    STEPCAST_EVENT_LOG: 'maybe',
  });
  expect(text).toMatch(/^PORT +4001 +environment$/m);
  expect(text).toMatch(/^HOST +127\.0\.0\.1 +default$/m);
  expect(text).toMatch(/^STEPCAST_KNOWN_CAUSES +\(not set\) +default$/m);
  expect(text).toMatch(/^STEPCAST_LIMIT_REQUESTS_PER_SECOND +50000 +default$/m);
  expect(text).toMatch(/^DATABASE_URL +postgres:\/\/me:\*\*\*@db\/stepcast\?sslpassword=\*\*\* +environment$/m);
  expect(text).toMatch(/^NATS_URL +nats:\/\/\*\*\*@one:4222,nats:\/\/\*\*\*@two:4222 +environment$/m);
  expect(text).not.toMatch(/word@|hidden|natstoken|natspassword/);
  expect(faults).toEqual(['STEPCAST_EVENT_LOG: expected on or off, got "maybe"']);
});

test.each([
  ['DATABASE_URL', 'postgres://u:pa"ssh1dden@h/db', 'postgres://u:***@h/db'],
  ['DATABASE_URL', 'postgres://u:pa\\ssh1dden@h/db', 'postgres://u:***@h/db'],
  ['DATABASE_URL', 'postgres://u:p@s,sh1dden@h/db?sslmode=require', 'postgres://u:***@h/db?sslmode=require'],
  ['STEPCAST_LISTEN_URL', 'host=h password=toph1dden', '***'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://u:h1dden@h:4318/x?api_key=h1dden', 'http://u:***@h:4318/x?api_key=***'],
])('of %s=%s nothing is shown that opens anything', (name, value, shown) => {
  const { text } = describeConfig({ [name]: value });
  expect(text).toMatch(new RegExp(`^${name} +`, 'm'));
  expect(text).toContain(` ${shown} `);
  expect(text).not.toContain('h1dden');
});

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const run = (args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

test('--print-config starts nothing, and ends with 1 where the server would not start', async () => {
  const good = await run(['--print-config'], { PORT: '4002' });
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(good.stdout).toMatch(/^PORT +4002 +environment$/m);
  const bad = await run(['--print-config'], { STEPCAST_AUHT: 'on' });
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain('did you mean STEPCAST_AUTH?');
});

test('--help and --version are answered, and what is no argument is refused with 2', async () => {
  const [help, version, unknown] = await Promise.all([run(['--help']), run(['--version']), run(['--prot', '1'])]);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--print-config') });
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/) });
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("'--prot'") });
});
