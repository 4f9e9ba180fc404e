import { expect, test } from 'vitest';
import type { Step } from '../../src/client/index.js';
import { happenings } from '../../src/web/page/cluster/announcements.js';
import { type Folding, looksOf, rowsOf } from '../../src/web/page/cluster/rows.js';
import { defaultStep, neighbour, nextFailed, openStep } from '../../src/web/page/cluster/selection.js';
import { counts, failures, left } from '../../src/web/page/cluster/words.js';
import { at, operationOf, runningSince, start, stepOf, succeeded } from '../support/steps.js';

const none: Folding = { hideSucceeded: false, unfolded: new Set<string>(), selected: null };
const kinds = (steps: Step[], folding: Folding = none) =>
  rowsOf(steps, looksOf(steps, operationOf()), folding).map((row) =>
    row.kind === 'fold' ? row.steps.length : row.step.position,
  );

test('of more than twelve steps, those that succeeded one after another are one row', () => {
  const few = Array.from({ length: 12 }, (_, index) => succeeded(index, index, index + 1));
  expect(kinds(few)).toHaveLength(12);
  const many = [
    ...Array.from({ length: 10 }, (_, index) => succeeded(index, index, index + 1)),
    runningSince(10, 10, { state: 'FAILED', failed: 1 }),
    succeeded(11, 11, 12),
    runningSince(12, 12),
    stepOf(13),
  ];
  const [first] = many;
  const rows = rowsOf(many, looksOf(many, operationOf()), none);
  expect(rows.map(({ kind }) => kind)).toEqual(['fold', 'step', 'step', 'step', 'step']);
  const unfolded = new Set([first?.id ?? '']);
  expect(kinds(many, { ...none, unfolded })).toHaveLength(14);
  // The selected one stays a row of its own.
  expect(kinds(many, { ...none, selected: 'step-4' })).toEqual([4, 4, 5, 10, 11, 12, 13]);
  expect(kinds(many, { ...none, hideSucceeded: true })).toEqual([10, 12, 13]);
});

test('of many steps that are still to come, or were skipped, the next three are shown', () => {
  const steps = [runningSince(0, 0), ...Array.from({ length: 20 }, (_, index) => stepOf(index + 1))];
  expect(kinds(steps)).toEqual([0, 1, 2, 3, 17]);
  expect(kinds(steps, { ...none, selected: 'step-9' })).toEqual([0, 1, 2, 3, 5, 9, 10, 11, 12, 8]);
  const skipped = steps.map((step, index) => (index === 0 ? step : { ...step, state: 'SKIPPED' as const }));
  expect(kinds(skipped)).toEqual([0, 1, 2, 3, 17]);
  expect(kinds(skipped, { ...none, unfolded: new Set(['step-4']) })).toHaveLength(21);
});

test('shown first is what failed first, else what goes on, else what came last', () => {
  const looks = (steps: Step[]) => looksOf(steps, operationOf());
  const going = [succeeded(0, 0, 1), runningSince(1, 1), stepOf(2)];
  expect(defaultStep(going, looks(going))?.position).toBe(1);
  const failed = [succeeded(0, 0, 1, { failed: 1, state: 'FAILED' }), runningSince(1, 1)];
  expect(defaultStep(failed, looks(failed))?.position).toBe(0);
  expect(openStep(failed, looks(failed))?.position).toBe(1);
  const over = [succeeded(0, 0, 1), succeeded(1, 1, 2)];
  expect(defaultStep(over, looks(over))?.position).toBe(1);
  expect(defaultStep([stepOf(0), stepOf(1)], looks([stepOf(0)]))?.position).toBe(0);
});

test('from step to step, and from failure to failure', () => {
  const steps = [
    succeeded(0, 0, 1),
    runningSince(1, 1, { state: 'FAILED', failed: 1 }),
    succeeded(2, 2, 3),
    runningSince(3, 3, { failed: 1 }),
  ];
  const looks = looksOf(steps, operationOf());
  expect(neighbour(steps, 'step-1', 1)?.position).toBe(2);
  expect(neighbour(steps, 'step-3', 1)?.position).toBe(3);
  expect(neighbour(steps, null, 1)?.position).toBe(0);
  expect(nextFailed(steps, looks, 'step-1', 1)?.position).toBe(3);
  expect(nextFailed(steps, looks, 'step-3', 1)?.position).toBe(1);
  expect(nextFailed(steps, looks, 'step-3', -1)?.position).toBe(1);
  expect(nextFailed([steps[0] as Step], looks, null, 1)).toBeNull();
});

test('announces what happened to steps, and never counts', () => {
  const operation = operationOf();
  const told = (steps: Step[], now = operation) => ({ operation: now, steps, looks: looksOf(steps, now) });
  const before = told([runningSince(0, 0), stepOf(1)]);
  expect(happenings(before, told([runningSince(0, 0, { completed: 9 }), stepOf(1)]))).toEqual([]);
  const failing = told([runningSince(0, 0, { failed: 1 }), stepOf(1)]);
  expect(happenings(before, failing)).toEqual(['First failure: step 1, Step 1, 1 of 10 instances failed.']);
  expect(happenings(failing, told([succeeded(0, 0, 9), runningSince(1, 9)]))).toEqual([
    'Step 1, Step 1, has recovered and succeeded.',
    'Step 2, Step 2, began.',
  ]);
  const ended = operationOf({ state: 'SUCCEEDED', completedAt: at(9), duration: 9_000 });
  expect(happenings(before, told([succeeded(0, 0, 9), succeeded(1, 9, 9)], ended)).at(-1)).toBe('Creating succeeded.');
});

test('counts and estimates in words', () => {
  expect(counts(stepOf(0))).toBe('10 to do');
  expect(counts(stepOf(0, { total: null }))).toBeNull();
  expect(counts(stepOf(0, { total: 0 }))).toBe('nothing to do');
  expect(counts(runningSince(0, 0, { total: null, completed: 59 }))).toBe('59 so far');
  expect(counts(runningSince(0, 0, { total: 12_345, completed: 10_000, failed: 1 }))).toBe(
    '10,000 of 12,345, 1 failed',
  );
  expect(failures({ completed: 0, failed: 1, total: 1 })).toBe('failed');
  expect(failures({ completed: 5, failed: 1, total: null })).toBe('1 instance failed');
  expect(failures({ completed: 40, failed: 1, total: 50 }, false)).toBe('failed with 40 of 50 done');
  const estimate = (centre: number, from: number, to: number) => ({
    completionAt: at(centre),
    earliest: at(from),
    latest: at(to),
    basis: 'OWN_PACE' as const,
  });
  expect(left(estimate(40, 30, 50), start)).toBe('about 40 s left (30 to 50)');
  expect(left(estimate(60, 30, 300), start)).toBe('about 60 s left (30 s to 5 min)');
  expect(left(estimate(60, -10, 80), start)).toBe('about 60 s left (up to 80 s)');
  expect(left(estimate(-5, -20, 60), start)).toBe('done any moment (at most 60 s)');
  expect(left(estimate(-50, -60, -5), start)).toBe('longer than expected');
});
