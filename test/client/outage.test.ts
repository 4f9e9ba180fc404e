import { expect, test } from 'vitest';
import { StepcastError } from '../../src/client/errors.js';
import { Outage } from '../../src/client/report/outage.js';

/** Attempts by a clock that only the test moves, and what was told. */
function attempts() {
  const told: string[] = [];
  let time = 0;
  const outage = new Outage({ now: () => time, notice: (message) => told.push(message) });
  return {
    told,
    outage,
    /** An attempt that fails after so many milliseconds. */
    fail: (milliseconds: number, error = new Error('no route')) => {
      const moment = outage.moment();
      time += milliseconds;
      outage.failed(moment, error);
      return moment.date.toISOString();
    },
  };
}

test('a server that is away for long is told once, since its first failure, and once that it is back', () => {
  const { told, outage, fail } = attempts();
  const since = fail(10_000);
  expect(told).toEqual([]);
  fail(4_000);
  fail(2_000);
  fail(60_000);
  expect(told).toEqual([`the server is away since ${since}: no route; what is reported is kept and sent later`]);
  outage.dropped();
  outage.ended(1_204);
  outage.ended(3);
  expect(told.slice(1)).toEqual(['the server is back after 76 s; kept: 1204 reports and calls; dropped: 1 reports']);
});

test('a server that takes no more for long is told of as such', () => {
  const { told, fail } = attempts();
  const since = fail(20_000, new StepcastError('LIMIT_EXCEEDED', 'expected fewer', { retryable: true }));
  expect(told).toEqual([
    `the server takes no more since ${since}: expected fewer; what is reported is kept and sent later`,
  ]);
});

test('a server that is away for a moment is not told of, however often', () => {
  const { told, outage, fail } = attempts();
  for (let times = 0; times < 10; times++) {
    fail(14_000);
    outage.dropped();
    outage.ended(1);
  }
  fail(20_000);
  outage.ended(7);
  expect(told.slice(1)).toEqual(['the server is back after 20 s; kept: 7 reports and calls; dropped: 0 reports']);
});
