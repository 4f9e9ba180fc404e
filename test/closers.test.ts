import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Closers } from '../src/closers.js';

function setUp(timeoutMs?: number) {
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line).msg) });
  return { logged, closers: new Closers(log, timeoutMs) };
}

test('what is open is closed in the opposite order, one after the other', async () => {
  const { closers, logged } = setUp();
  const closed: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    closers.add(name, {
      close: async () => {
        closed.push(`${name} begins`);
        await new Promise(setImmediate);
        closed.push(name);
      },
    });
  }
  await closers.close();
  expect(closed).toEqual(['third begins', 'third', 'second begins', 'second', 'first begins', 'first']);
  expect(logged).toEqual([]);
});

test('one that throws, rejects or never ends keeps none of the rest open, and is told of', async () => {
  const { closers, logged } = setUp(50);
  let closed = 0;
  const well = {
    close() {
      closed += 1;
    },
  };
  closers.add('well', well);
  closers.add('never', { close: () => new Promise(() => {}) });
  closers.add('well', well);
  closers.add('rejects', { close: () => Promise.reject(new Error('rejected')) });
  closers.add('well', well);
  closers.add('throws', {
    close() {
      throw new Error('thrown');
    },
  });
  closers.add('well', well);
  const error = await closers.close().catch((error) => error);
  expect(closed).toBe(4);
  expect(error.errors.map((one: Error) => one.message)).toEqual([
    'thrown',
    'rejected',
    'expected never to be closed within 50 ms, and it was not',
  ]);
  expect(logged).toEqual(['throws', 'rejects', 'never'].map((name) => `${name} could not be closed`));
});
