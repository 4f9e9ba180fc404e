import { expect, test } from 'vitest';
import { median, usually } from '../../src/web/page/step/earlier.js';

const run = (minutes: number, successful = true) => ({
  operationId: 'o',
  clusterId: 'c',
  total: 10,
  duration: minutes * 60_000,
  startedAt: '2026-01-01T00:00:00.000Z',
  successful,
});

test('the median is the middle one, or between the two in the middle', () => {
  expect([median([]), median([7]), median([9, 1, 5]), median([4, 1, 2, 3])]).toEqual([null, 7, 5, 2.5]);
});

test('how long it usually takes is said of the runs that succeeded', () => {
  const runs = [run(9), run(12), run(60, false)];
  expect(usually(runs, 25 * 60_000, true)).toBe('9 min to 12 min in the last 2 runs that succeeded; now 25 min.');
  expect(usually([run(9)], 60_000, false)).toBe('9 min in the last run that succeeded; this time 1 min.');
  expect(usually([run(60, false)], null, true)).toBe('The last run failed.');
});
