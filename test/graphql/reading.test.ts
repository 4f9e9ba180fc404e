import { expect, test } from 'vitest';
import { readLimits } from '../../src/graphql/limits/limits.js';
import { Reads } from '../../src/graphql/reads.js';

/** A statement that ends when it is told to. */
function statement<T>(value: T) {
  let end: () => void = () => {};
  let begun = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const make = async () => {
    begun = true;
    await ended;
    return value;
  };
  return { make, end: () => end(), begun: () => begun };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a request makes four statements at a time', async () => {
  const reads = new Reads();
  const statements = Array.from({ length: 6 }, (_, index) => statement(index));
  const results = Promise.all(statements.map(({ make }) => reads.run(make)));
  await turn();
  expect(statements.map(({ begun }) => begun())).toEqual([true, true, true, true, false, false]);
  statements[2]?.end();
  await turn();
  expect(statements.map(({ begun }) => begun())).toEqual([true, true, true, true, true, false]);
  for (const { end } of statements) end();
  expect(await results).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a statement that fails makes room for the next', async () => {
  const reads = new Reads();
  const fails = () => reads.run(() => Promise.reject(new Error('no')));
  for (let count = 0; count < 10; count += 1) await expect(fails()).rejects.toThrow('no');
  expect(await reads.run(async () => 1)).toBe(1);
});

test('once its caller has gone nothing more is read, not even what waits', async () => {
  const caller = new AbortController();
  const reads = new Reads(caller.signal);
  const statements = Array.from({ length: 6 }, (_, index) => statement(index));
  const results = Promise.allSettled(statements.map(({ make }) => reads.run(make)));
  await turn();
  caller.abort();
  for (const { end } of statements) end();
  expect((await results).map(({ status }) => status)).toEqual([
    ...new Array(4).fill('fulfilled'),
    'rejected',
    'rejected',
  ]);
  expect(statements[4]?.begun()).toBe(false);
  await expect(reads.run(async () => 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('rows are counted over all statements: those beyond the limit are refused', async () => {
  const reads = new Reads();
  const read = (rows: number) =>
    reads.rows(
      async (most) => Math.min(rows, most),
      (count) => count,
    );
  expect(await read(readLimits.rows)).toBe(readLimits.rows);
  await expect(read(1)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  await expect(read(0)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

test('texts are read one after the other, each knowing how much is left', async () => {
  const reads = new Reads();
  const left: number[] = [];
  const read = (bytes: number) =>
    reads.texts(
      async (most) => {
        left.push(most);
        return bytes;
      },
      (count) => count,
    );
  await Promise.all([read(10), read(readLimits.readBytes), read(0)].map((reading) => reading.catch(() => {})));
  expect(left).toEqual([readLimits.readBytes, readLimits.readBytes - 10]);
  await expect(read(1)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

test('the same text under many aliases is answered up to a number of bytes', () => {
  const reads = new Reads();
  const text = 'ä'.repeat(readLimits.answeredBytes / 4);
  expect([reads.answer(text), reads.answer(text), reads.answer(null)]).toEqual([text, text, null]);
  expect(() => reads.answer('x')).toThrow(/^expected at most 8388608 bytes of texts/);
});
