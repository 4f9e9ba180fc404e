import { expect, test } from 'vitest';
import { printable } from '../../src/cli/text.js';
import { StepcastError } from '../../src/client/index.js';
import { traceback } from '../../src/client/report/traceback.js';
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

test('E6: a traceback beyond 64 KiB is cut at a character boundary and says how long it was', () => {
  const text = traceback('é'.repeat(100_000));
  expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(64 * 1024);
  expect(text).toMatch(/^é+… \[cut: 200000 bytes\]$/);
});

test('a traceback holds every cause and every part, and ends where causes go in a circle', () => {
  const inner = new Error('inner');
  const outer = new AggregateError([new Error('first'), 'second'], 'outer', { cause: inner });
  inner.cause = outer;
  const text = traceback(outer);
  for (const part of ['outer', 'Error 1: Error: first\n    at ', 'Error 2: second', 'Caused by: Error: inner']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('Caused by: AggregateError: outer [as above]');
});

test('control characters in what was reported do not reach the terminal', () => {
  expect(printable('\u001b[2Jgone\u0007 \u202etxet\r\n\tkept')).toBe(
    `${String.raw`\u{1b}[2Jgone\u{7} \u{202e}txet`}\n\tkept`,
  );
});
