import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from '../../src/limits/token-bucket.js';

test('a full bucket gives a burst at once, then as much as comes back', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 });
  expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([true, true, true, false]);
  expect(bucket.wait(0)).toBe(100);
  expect([bucket.take(99), bucket.take(100), bucket.take(100)]).toEqual([false, true, false]);
  expect([bucket.isFull(399), bucket.isFull(400)]).toEqual([false, true]);
});

test('what was used already is counted, into a debt of one burst at most', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 5 });
  for (let times = 0; times < 100; times++) bucket.charge(0);
  expect(bucket.wait(0)).toBe(6_000);
  expect(bucket.take(6_000)).toBe(true);
});

test('more than it can hold costs all that it can hold', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 5 });
  expect(bucket.take(0, 1_000)).toBe(true);
  expect([bucket.take(4_999, 1_000), bucket.take(5_000, 1_000)]).toEqual([false, true]);
});

test('in no stretch of time it gives more than a burst and what has come back', () => {
  const asks = fc.array(fc.record({ after: fc.nat(500), tokens: fc.integer({ min: 1, max: 8 }) }), { maxLength: 60 });
  fc.assert(
    fc.property(asks, (all) => {
      const bucket = new TokenBucket({ perSecond: 20, burst: 8 });
      const taken: { at: number; tokens: number }[] = [];
      let now = 0;
      for (const { after, tokens } of all) {
        now += after;
        if (bucket.take(now, tokens)) taken.push({ at: now, tokens });
        else expect(bucket.wait(now, tokens)).toBeGreaterThan(0);
      }
      for (const [from, { at: begin }] of taken.entries()) {
        let sum = 0;
        for (const { at, tokens } of taken.slice(from)) {
          sum += tokens;
          expect(sum).toBeLessThanOrEqual(8 + ((at - begin) * 20) / 1_000 + 1e-6);
        }
      }
    }),
  );
});
