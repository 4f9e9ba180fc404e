import { describe, expect, test } from 'vitest';
import { type Accuracy, accuracies } from '../../../bench/accuracy/estimates.js';
import { heldOut } from '../../../bench/accuracy/profiles.js';
import { alarms } from '../../../bench/accuracy/stalls.js';
import { generate, readTraces } from '../../../bench/accuracy/traces.js';

/** Runs that no constant was chosen with: docs/accuracy.md has the figures of more of them. */
const held = { profiles: heldOut, seed: 9, runs: 60, units: 300 };

describe('estimates of generated runs', () => {
  const said = accuracies(generate({ ...held, history: 5 }));
  const of = (profile: string, estimator: string) =>
    said.find((one) => one.profile === profile && one.estimator === estimator) as Accuracy;

  test.each(['all at once', 'slow first', 'slowdown'])(
    'are off by at most half as much as the naive ones: %s',
    (profile) => {
      for (const [look, [error]] of of(profile, 'stepcast').errors.entries()) {
        const naive = of(profile, 'naive share').errors[look]?.[0] ?? Number.NaN;
        if (!Number.isNaN(naive)) expect(error).toBeLessThanOrEqual(naive / 2);
      }
    },
  );

  test('hold the end in 75 to 90 % of the runs', () => {
    expect(of('all', 'stepcast').within).toBeGreaterThanOrEqual(75);
    expect(of('all', 'stepcast').within).toBeLessThanOrEqual(90);
  });
});

describe('stalls in generated runs that never stand still', () => {
  const falseAlarms = (history: number) =>
    alarms(generate({ ...held, history })).find(({ profile, rule }) => profile === 'all' && rule === 'stepcast')
      ?.falseAlarms;
  test('are seen in at most 1 of 100 with earlier runs', () => expect(falseAlarms(5)).toBeLessThanOrEqual(1));
  test('are seen in at most 5 of 100 without', () => expect(falseAlarms(0)).toBeLessThanOrEqual(5));
});

describe('traces', () => {
  test('are read from JSON lines', () => {
    const text =
      '{"history":[],"run":{"total":2,"reports":[2,1]}}\n\n{"profile":"ours","run":{"total":1,"reports":[1]}}\n';
    expect(readTraces(text)).toEqual([
      { profile: 'traces', history: [], run: { total: 2, reports: [1, 2] } },
      { profile: 'ours', history: [], run: { total: 1, reports: [1] } },
    ]);
  });
  test.each([
    ['nonsense', 'line 1: expected a JSON object, got "nonsense"'],
    ['{"run":{"total":1,"reports":[]}}', 'line 1: run: expected reports to be a list of seconds'],
    ['{"run":{"total":1,"reports":[-1]}}', 'line 1: run: expected reports to be a list of seconds'],
    [
      '{"run":{"total":1,"reports":[1,2]}}',
      'line 1: run: expected total to be a whole number of at least the 2 reports',
    ],
    ['{"history":[{}],"run":{"total":1,"reports":[1]}}', 'line 1: history[0]: expected reports'],
  ])('that are none are refused in words: %s', (line, words) => expect(() => readTraces(line)).toThrow(words));
});
