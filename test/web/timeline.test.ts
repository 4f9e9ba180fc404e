import { expect, test } from 'vitest';
import { domainEnd, tickLabel, ticks } from '../../src/web/page/cluster/axis.js';
import { looksOf } from '../../src/web/page/cluster/rows.js';
import { barOf, expectations, neededSeconds } from '../../src/web/page/cluster/timeline.js';
import { earlierRuns, usualTotal } from '../../src/web/page/cluster/usual.js';
import { at, operationOf, runningSince, stepOf, succeeded } from '../support/steps.js';

const run = (operationId: string, from: number, seconds: number, successful = true) => ({
  operationId,
  clusterId: 'cluster',
  total: 10,
  duration: seconds * 1_000,
  startedAt: at(from),
  successful,
});

test('an axis has four to eight labels, whatever it shows', () => {
  for (const domain of [10, 11, 45, 59, 61, 125, 600, 1_300, 3_601, 7_300, 20_000, 90_000, 400_000, 3_000_000]) {
    const labels = ticks(domain);
    expect([domain, labels.length >= 3 && labels.length <= 8, labels[0]]).toEqual([domain, true, 0]);
    expect(labels.at(-1)).toBeLessThan(domain);
  }
  expect(ticks(1_300).map(tickLabel)).toEqual(['0', '5 min', '10 min', '15 min', '20 min']);
  expect(ticks(100).map(tickLabel)).toEqual(['0', '15 s', '30 s', '45 s', '1 min', '1:15 min', '1:30 min']);
  expect(ticks(86_400).map(tickLabel)).toEqual(['0', '3 h', '6 h', '9 h', '12 h', '15 h', '18 h', '21 h']);
});

test('an axis does not creep: it grows seldom, and by a quarter', () => {
  const first = domainEnd(100, 0, true);
  expect(first).toBeCloseTo(103);
  expect(domainEnd(102, first, true)).toBe(first);
  const second = domainEnd(103.5, first, true);
  expect(second).toBeCloseTo(first * 1.25);
  expect(domainEnd(110, second, true)).toBe(second);
  // Once all is over, it fits.
  expect(domainEnd(110, second, false)).toBeCloseTo(113.3);
});

test('a bar ends where its step did, at now while that goes on, and shows since when nothing is heard', () => {
  const operation = operationOf();
  expect(barOf(stepOf(0), 'planned', operation)).toBeNull();
  expect(barOf(succeeded(0, 5, 65), 'succeeded', operation)).toEqual({ start: 5, end: 65, silentFrom: null });
  expect(barOf(runningSince(0, 5), 'running', operation)).toEqual({ start: 5, end: null, silentFrom: null });
  const stalled = runningSince(0, 5, { stalledSince: at(30) });
  expect(barOf(stalled, 'stalled', operation)).toEqual({ start: 5, end: null, silentFrom: 30 });
  const failed = runningSince(0, 5, { state: 'FAILED', duration: 20_000, lastReportAt: at(25) });
  expect(barOf(failed, 'failed', operation)).toEqual({ start: 5, end: 25, silentFrom: null });
  expect(barOf(failed, 'interrupted', operationOf({ completedAt: at(600) }))).toEqual({
    start: 5,
    end: 600,
    silentFrom: 25,
  });
});

test('what is planned is expected behind what runs, as long as it is known how long it takes', () => {
  const steps = [runningSince(0, 0), stepOf(1), stepOf(2), stepOf(3), stepOf(4)];
  const history = new Map([
    ['Step 1', [run('a', 0, 50)]],
    ['Step 2', [run('a', 50, 30)]],
    ['Step 3', [run('a', 80, 20)]],
    ['Step 5', [run('a', 100, 10)]],
  ]);
  const earlier = earlierRuns(steps, history);
  const operation = operationOf();
  const ahead = expectations(steps, looksOf(steps, operation), operation, earlier);
  expect(ahead.base).toBe(50);
  expect(ahead.length).toBe(50);
  expect([...ahead.spans]).toEqual([
    ['step-1', { from: 0, to: 30 }],
    ['step-2', { from: 30, to: 50 }],
  ]);
  expect(neededSeconds(operation, [], ahead, [], 20)).toBe(100);
  // It is later than expected: what comes is expected from now on.
  expect(neededSeconds(operation, [], ahead, [], 70)).toBe(120);
  expect(usualTotal(steps, earlier)).toBeNull();
});

test('earlier runs: the median of those that went well, placed by when they began in their operation', () => {
  const steps = [stepOf(0, { stepName: 'first' }), stepOf(1, { stepName: 'second' })];
  const history = new Map([
    ['first', [run('a', 0, 10), run('b', 1_000, 20), run('c', 2_000, 60), run('operation', 0, 999)]],
    ['second', [run('a', 10, 100), run('b', 1_020, 300, false), run('c', 2_060, 200)]],
  ]);
  const earlier = earlierRuns(steps, history);
  expect(earlier.get('step-0')).toEqual({
    usual: { median: 20, least: 10, most: 60, runs: 3 },
    ghost: { start: 0, end: 20, earliest: 10, latest: 60, runs: 3 },
  });
  expect(earlier.get('step-1')?.usual).toEqual({ median: 150, least: 100, most: 200, runs: 2 });
  expect(earlier.get('step-1')?.ghost.start).toBe(35);
  expect(usualTotal(steps, earlier)).toBe(170_000);
});

test('earlier runs of two steps of one name are told apart by their order', () => {
  const steps = [stepOf(0, { stepName: 'restart' }), stepOf(1, { stepName: 'restart' })];
  const earlier = earlierRuns(steps, new Map([['restart', [run('a', 50, 5), run('a', 0, 40)]]]));
  expect(earlier.get('step-0')?.usual.median).toBe(40);
  expect(earlier.get('step-1')?.usual.median).toBe(5);
});

test('earlier runs that took far longer do not make the bars of this one small', () => {
  const ended = operationOf({ state: 'SUCCEEDED', completedAt: at(10), duration: 10_000 });
  const none = { base: 0, spans: new Map(), length: 0 };
  expect(neededSeconds(ended, [], none, [3_600], null)).toBe(20);
  expect(neededSeconds(ended, [], none, [12], null)).toBe(12);
});
