import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';

const reachable = { HOST: '0.0.0.0', STEPCAST_AUTH: 'on', STEPCAST_ALLOWED_HOSTS: 'stepcast.example' };

test('limits are wide where only this machine can call, and as they are given everywhere', () => {
  const { trustedProxies: _, ...here } = readConfig({}).limits;
  const there = readConfig(reachable).limits;
  for (const [name, value] of Object.entries(here)) expect(value).toBeGreaterThan(there[name as keyof typeof here]);
  for (const env of [{}, reachable]) {
    const given = { ...env, STEPCAST_LIMIT_REQUESTS_PER_SECOND: '7', STEPCAST_TRUSTED_PROXIES: '10.0.0.0/8, ::1' };
    expect(readConfig(given).limits).toEqual({
      ...readConfig(env).limits,
      requestsPerSecond: 7,
      trustedProxies: ['10.0.0.0/8', '::1'],
    });
  }
});

test.each([
  ['STEPCAST_LIMIT_REQUESTS_UNDER_WAY', '0'],
  // One request may cost as much.
  ['STEPCAST_LIMIT_COST_PER_MINUTE', '9999'],
  ['STEPCAST_LIMIT_SOCKETS_PER_CALLER', 'many'],
  ['STEPCAST_TRUSTED_PROXIES', 'proxy.example'],
])('%s=%s is refused', (name, value) =>
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`${name}: expected .*, got "${value}"`)),
);
