import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activeTime,
  type Curve,
  earlyGap,
  extend,
  firstOf,
  longestGap,
  shares,
  timesAtShares,
} from '../../../src/domain/estimate/curve.js';

/** A curve of one unit at each of these times. */
const curveOf = (times: readonly number[], total: number | null = times.length): Curve =>
  times.reduce<Curve>(
    (curve, at, index) => extend(curve, { done: index + 1, total, at, before: times[index - 1] ?? 0 }),
    [],
  );

const every = (milliseconds: number, units: number) =>
  Array.from({ length: units }, (_, unit) => (unit + 1) * milliseconds);

describe('a curve', () => {
  test('keeps when each share was done', () => {
    const curve = curveOf(every(10, 1000));
    expect(timesAtShares(curve, 1000)).toEqual(shares.map((share) => Math.ceil(share * 1000 - 1e-6) * 10));
  });

  test('keeps the first progress and the longest gaps, those beyond 90 % apart', () => {
    const curve = curveOf(
      [500, 510, 520, 580, 590, 600, 610, 620, 630, 640, 900].map((at) => at),
      11,
    );
    expect([firstOf(curve), earlyGap(curve), longestGap(curve)]).toEqual([500, 60, 260]);
    expect(activeTime(curve, 900, 100)).toBe(900 - 160);
  });

  test('is close where the total was not known while it ran', () => {
    const times = timesAtShares(curveOf(every(10, 1000), null), 1000);
    for (const [index, at] of times.entries()) expect(at).toBeCloseTo((shares[index] as number) * 10_000, -3);
  });

  test('of one unit, and of none', () => {
    expect(timesAtShares(curveOf([70]), 1)).toEqual(shares.map(() => 70));
    expect(timesAtShares([], 0)).toEqual([]);
  });

  test('of a run that was ended before its end has the shares it came to', () => {
    expect(timesAtShares(curveOf(every(10, 50), 100), 100)).toHaveLength(8);
  });

  test('is bounded and never negative, whatever totals and clocks do', () => {
    const progress = fc.record({
      jump: fc.integer({ min: -1e9, max: 3e9 }),
      more: fc.integer({ min: 1, max: 1000 }),
      total: fc.option(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
    });
    fc.assert(
      fc.property(fc.array(progress, { maxLength: 400 }), (steps) => {
        let [curve, done, at]: [Curve, number, number] = [[], 0, 0];
        for (const { jump, more, total } of steps) {
          const before = at;
          done += more;
          at = Math.max(0, at + jump);
          curve = extend(curve, { done, total, at, before });
          expect(curve.length).toBeLessThanOrEqual(101);
          expect(Math.min(0, ...curve)).toBe(0);
        }
      }),
    );
  });

  test('is the same where a report changes nothing of it', () => {
    const curve = curveOf(every(10, 500), 1000);
    expect(extend(curve, { done: 501, total: 1000, at: 5005, before: 5000 })).toBe(curve);
  });
});
