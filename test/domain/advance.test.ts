import { describe, expect, test } from 'vitest';
import { advance, begin, derive, fail, recover } from '../../src/domain/advance.js';
import { aStep, now } from './rows.js';

const minute = 60_000;
const later = { at: new Date(now.getTime() + 10 * minute), followed: false };
/** What was recorded last of the unit: nothing, a success or a failure. */
const outcome = (before: boolean | undefined, successful: boolean) => ({
  before: before === undefined ? [] : [before ? ('SUCCEEDED' as const) : ('FAILED' as const)],
  successful,
});

describe('S5: what a report makes of the counters', () => {
  test.each([
    [undefined, true, [6, 3]],
    [undefined, false, [5, 4]],
    [true, true, [5, 3]],
    [true, false, [4, 4]],
    [false, true, [6, 2]],
    [false, false, [5, 3]],
  ])('S5: of a unit that was %s and now is %s', (before, successful, [completed, failed]) => {
    const step = aStep({ completed: 5, failed: 3, state: 'FAILED', successful: false });
    expect(advance(step, outcome(before, successful), later)).toMatchObject({ completed, failed });
  });
});

describe('S6: state and success follow from the counters', () => {
  test.each([
    [{ completed: 0, failed: 0, total: null }, null, 'RUNNING'],
    [{ completed: 5, failed: 0, total: null }, null, 'RUNNING'],
    [{ completed: 5, failed: 0, total: 9 }, null, 'RUNNING'],
    [{ completed: 9, failed: 0, total: 9 }, true, 'SUCCEEDED'],
    [{ completed: 0, failed: 0, total: 0 }, true, 'SUCCEEDED'],
    [{ completed: 8, failed: 1, total: 9 }, false, 'FAILED'],
    [{ completed: 9, failed: 1, total: 9 }, false, 'FAILED'],
    [{ completed: 0, failed: 1, total: null }, false, 'FAILED'],
  ])('S6: %j is %s and %s', (counters, successful, state) => {
    expect(derive(aStep(counters), later)).toMatchObject({ successful, state });
  });

  test('S3, S6: a step that a later one has followed does not run again', () => {
    const followed = { ...later, followed: true };
    expect(derive(aStep({ completed: 5 }), followed)).toMatchObject({ successful: false, state: 'FAILED' });
    expect(derive(aStep({ completed: 1000 }), followed)).toMatchObject({ successful: true, state: 'SUCCEEDED' });
  });
});

describe('S7: the total', () => {
  const full = aStep({ completed: 998, failed: 2, state: 'FAILED', successful: false });
  test('S7: a new unit beyond it is refused, a known one is not', () => {
    expect(() => advance(full, outcome(undefined, true), later)).toThrow(
      expect.objectContaining({ code: 'TOTAL_EXCEEDED', message: expect.stringContaining('1000 units') }),
    );
    expect(advance(full, outcome(false, true), later)).toMatchObject({ completed: 999, failed: 1 });
  });
  test('S4: a step of none succeeds when it starts', () => {
    const pending = aStep({ state: 'PENDING', startedAt: null, total: null });
    expect(begin(pending, 0, now)).toMatchObject({ state: 'SUCCEEDED', completedAt: now, duration: 0, startedAt: now });
  });
  test('S5a: the step’s own failure counts even where all have reported, and once', () => {
    const failed = fail(full, 'first', later);
    expect(failed).toMatchObject({ completed: 998, failed: 3, state: 'FAILED', ownFailureId: 'first' });
    expect(fail(failed, 'second', later)).toMatchObject({ failed: 3 });
    expect(recover(failed)).toMatchObject({ failed: 2, ownFailureId: null });
  });
});

describe('S9: times', () => {
  test('S9: of a step that succeeded', () => {
    const step = advance(aStep({ completed: 999 }), outcome(undefined, true), later);
    expect(step).toMatchObject({ startedAt: now, completedAt: later.at, duration: 10 * minute });
  });
  test('S9: of a step that failed: no completedAt, and a duration to its last report', () => {
    const once = advance(aStep(), outcome(undefined, false), { ...later, at: now });
    expect(once).toMatchObject({ completedAt: null, duration: 0 });
    expect(advance(once, outcome(undefined, true), later)).toMatchObject({ completedAt: null, duration: 10 * minute });
  });
  test('S9: of a step that took longer than an Int can say: as much as one can', () => {
    const long = aStep({ completed: 999, startedAt: new Date(now.getTime() - 30 * 24 * 60 * minute) });
    expect(advance(long, outcome(undefined, true), later)).toMatchObject({ state: 'SUCCEEDED', duration: 2 ** 31 - 1 });
  });
  test('S9: of a step that runs: neither', () => {
    expect(advance(aStep(), outcome(undefined, true), later)).toMatchObject({ completedAt: null, duration: null });
  });
  test('S9: a clock set back makes no negative duration', () => {
    const earlier = { at: new Date(now.getTime() - minute), followed: false };
    expect(advance(aStep({ completed: 999 }), outcome(undefined, true), earlier).duration).toBe(0);
  });
});
