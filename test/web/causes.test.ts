import { describe, expect, test } from 'vitest';
import { partsOf, readsLike } from '../../src/web/page/step/match-cause.js';

test('a cause is split into what is said and what varies', () => {
  expect(partsOf('quota for <n> cores at <ip>')).toEqual([
    { text: 'quota for ', isMask: false },
    { text: '<n>', isMask: true },
    { text: ' cores at ', isMask: false },
    { text: '<ip>', isMask: true },
  ]);
  expect(partsOf('<b>markup</b> of <script>')).toEqual([{ text: '<b>markup</b> of <script>', isMask: false }]);
});

describe('a failure reads like a cause', () => {
  const cause = 'TimeoutError: timed out after <n> s connecting to <ip>:22';
  test('when all that it says is there in order, whatever stands for what varies', () => {
    expect(readsLike(cause, 'Traceback:\n  x\nTimeoutError: timed  out after 30 s\nconnecting to 10.0.0.1:22\n')).toBe(
      true,
    );
  });
  test('not when a part is missing, comes earlier, or is far away', () => {
    expect(readsLike(cause, 'TimeoutError: timed out after 30 s')).toBe(false);
    expect(readsLike(cause, ':22 connecting to TimeoutError: timed out after 30 s')).toBe(false);
    expect(readsLike(cause, `TimeoutError: timed out after ${'x'.repeat(500)} s connecting to a:22`)).toBe(false);
  });
  test('not when a cause says nothing', () => {
    expect(readsLike('<*>', 'anything')).toBe(false);
  });
  test('in a text of 64 KiB that nearly repeats it all the way', () => {
    expect(readsLike(cause, 'TimeoutError: timed out after 3 '.repeat(2_000))).toBe(false);
  });
});
