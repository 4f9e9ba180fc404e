import { expect, onTestFinished, test, vi } from 'vitest';
import { StepcastError } from '../../src/client/index.js';
import { createClient, restartable } from './fixture.js';

test('what the server refuses is a StepcastError with its code', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const error = await client.createCluster({ name: '' }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(StepcastError);
  expect(error).toMatchObject({ code: 'BAD_USER_INPUT', retryable: false });
  await expect(client.events({ clusterId: crypto.randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a server that cannot be reached is UNAVAILABLE, and the same call may be made again', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  await server.stop();
  await expect(client.plugins()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    retryable: true,
    message: expect.stringContaining(`cannot reach ${server.url}`),
  });
  await server.start();
  expect(await client.plugins()).toEqual([]);
});

test('an address that is none is refused at once, and shown', () => {
  expect(() => createClient({ url: 'localhost:4000' })).toThrow('got "localhost:4000"');
});

test('how long ago something was is told by the server’s clock, whatever the caller’s says', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  expect(client.clock.since('2014-10-29T12:36:59.329Z')).toBe(0);
  const { createdAt } = await client.createCluster({ name: 'demo' });
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const year = Date.parse('2015-10-29') - Date.parse('2014-10-29');
  // A response tells its time in whole seconds.
  const ago = new Date(Date.parse(createdAt) - year).toISOString();
  expect(client.clock.since(ago)).toBeGreaterThan(year - 1000);
  expect(client.clock.since(new Date(Date.parse(createdAt) + year).toISOString())).toBe(0);
});
