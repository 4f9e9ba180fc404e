import { describe, expect, test } from 'vitest';
import { Replay } from '../../../bench/accuracy/replay.js';
import { type Estimate, estimateFrom, inSeries, steady } from '../../../src/domain/estimate/estimate.js';
import { Estimates } from '../../../src/domain/estimate/estimates.js';
import { type Remaining, remaining } from '../../../src/domain/estimate/remaining.js';
import { comparable, type StepRun, timeAt } from '../../../src/domain/estimate/run.js';
import { patience } from '../../../src/domain/estimate/stall.js';
import { anOperation, aStep, now, tenantId } from '../rows.js';

const second = 1000;
const linear = (units: number, seconds: number) =>
  new Replay({ total: units, reports: Array.from({ length: units }, (_, unit) => ((unit + 1) * seconds) / units) });

const days = 86_400;

describe('what remains of a step', () => {
  test('is nothing that can be told before there is anything to go by', () => {
    const run = linear(100, 1000);
    expect(remaining(run.at(0), [])).toBeNull();
    expect(remaining(run.at(40 * second), [])).toBeNull();
    expect(remaining({ ...run.at(900 * second), total: null }, [])).toBeNull();
    expect(remaining({ ...run.at(0), total: 0 }, [])).toBeNull();
  });

  test('follows from its own pace once there is enough, without earlier runs', () => {
    const said = remaining(linear(100, 1000).at(250 * second), []);
    expect(said).toMatchObject({ typical: 750 * second, basis: 'OWN_PACE' });
  });

  test('follows from the curve of earlier runs, at this run’s pace', () => {
    const slowEnd = (factor: number) =>
      new Replay({
        total: 100,
        reports: Array.from({ length: 100 }, (_, unit) => factor * (unit < 90 ? unit + 1 : 90 + 30 * (unit - 89))),
      });
    const said = remaining(slowEnd(1.5).at(1.5 * 80 * second), [slowEnd(1).pace, slowEnd(1.1).pace]);
    expect(said?.basis).toBe('EARLIER_RUNS');
    expect(said?.typical).toBeGreaterThan(1.5 * 280 * second);
    expect(said?.typical).toBeLessThan(1.5 * 340 * second);
  });

  test('of an unknown total, or before the first unit, is what earlier runs took', () => {
    const earlier = [linear(100, 300).pace];
    expect(remaining({ ...linear(100, 300).at(100 * second), total: null }, earlier)?.typical).toBe(200 * second);
    expect(remaining(linear(1, 300).at(100 * second), [linear(1, 300).pace])?.typical).toBe(200 * second);
  });

  test.each([
    ['10 ms', 0.01],
    ['30 days', 30 * days],
  ])('holds for runs of %s', (_, seconds) => {
    const said = remaining(linear(200, seconds).at(seconds * 500), [linear(200, seconds).pace]);
    expect((said?.typical ?? 0) / (seconds * 500)).toBeCloseTo(1, 0);
    expect(said?.least).toBeLessThanOrEqual(said?.typical ?? 0);
    expect(said?.most).toBeGreaterThanOrEqual(said?.typical ?? 0);
  });

  test('is a finite number for any history', () => {
    const odd = { duration: 0, firstAt: null, earlyGap: 0, longestGap: 0, times: [] };
    for (const runs of [[odd], [odd, odd], [odd, linear(3, 50).pace]]) {
      for (const at of [0, 1, 25, 49]) {
        const said = remaining(linear(3, 50).at(at * second), runs);
        for (const value of [said?.typical, said?.least, said?.most]) expect(value).toSatisfy(Number.isFinite);
      }
    }
  });
});

describe('earlier runs', () => {
  const runOf = (total: number | null, successful = true): StepRun => ({
    ...linear(10, 10).pace,
    ...{ tenantId, pluginName: '', stepType: 'CREATING', stepName: 'boot', stepId: '', operationId: '', clusterId: '' },
    ...{ total, successful, startedAt: now, endedAt: now },
  });
  test('are those of a size like it that went well, else any that did', () => {
    const runs = [runOf(10), runOf(100), runOf(120, false), runOf(190), runOf(null), runOf(1000)];
    expect(comparable(runs, 100).map(({ total }) => total)).toEqual([100, 190]);
    expect(comparable(runs, 5000).map(({ total }) => total)).toEqual([10, 100, 190, null, 1000]);
    expect(comparable(runs, null)).toHaveLength(5);
    expect(comparable(Array(30).fill(runOf(100)), 100)).toHaveLength(10);
  });
  test('tell when a share was done, also between those that are kept', () => {
    const { pace } = linear(1000, 1000);
    for (const share of [0.001, 0.01, 0.03, 0.25, 0.5, 0.93, 0.997, 1]) {
      expect(timeAt(pace, share) / second).toBeCloseTo(1000 * share, -1);
    }
  });
});

describe('an estimate', () => {
  const at = (seconds: number) => new Date(now.getTime() + seconds * second);
  const saying = (end: number, basis: Estimate['basis'] = 'EARLIER_RUNS'): Estimate => ({
    completionAt: at(end),
    earliest: at(end / 2),
    latest: at(end * 2),
    basis,
  });
  test('moves only by more than the noise', () => {
    const before = saying(1000);
    expect(steady(before, saying(1029), now)).toBe(before);
    expect(steady(before, saying(1040), now).completionAt).toEqual(at(1040));
    expect(steady(before, saying(1004), at(999))).toBe(before);
    expect(steady(before, saying(1001), at(1000)).completionAt).toEqual(at(1001));
    expect(steady(before, saying(1001, 'OWN_PACE'), now).basis).toBe('OWN_PACE');
  });
  test('of steps in a row is their sum, with a narrower range than the sum of theirs', () => {
    const part: Remaining = { typical: 100, least: 60, most: 140, basis: 'EARLIER_RUNS' };
    const said = inSeries([part, part, part, part]) as Remaining;
    expect(said).toEqual({ typical: 400, least: 320, most: 480, basis: 'EARLIER_RUNS' });
    expect(inSeries([part, { ...part, basis: 'OWN_PACE' }])?.basis).toBe('OWN_PACE');
    expect(inSeries([part, null])).toBeNull();
    expect(inSeries([])).toBeNull();
  });
  test('is a date, however long it may take', () => {
    const { latest } = estimateFrom(now, { typical: 1, least: 1, most: Number.POSITIVE_INFINITY, basis: 'OWN_PACE' });
    expect(latest.getTime()).not.toBeNaN();
  });
});

test('what was said of a tenant’s step or operation is not said of another tenant’s that has the same id', () => {
  const seconds = (count: number) => new Date(now.getTime() + count * second);
  const fresh = () => new Estimates({ memory: new Map(), now: () => seconds(500), floor: 120 * second });
  // Half of the units are done. The other tenant's step has paused for 70 s: what it says differs by less than the noise.
  const known = (tenantId: string, done: number) => ({
    step: aStep({
      tenantId,
      total: 100,
      completed: 50,
      curve: linear(100, 1000).at(500 * second).curve,
      lastProgressAt: seconds(done),
    }),
    runs: [],
  });
  const [ours, theirs] = [known('ours', 500), known('theirs', 430)];
  const shared = fresh();
  for (const { step, runs } of [ours, theirs]) {
    const operation = anOperation({ tenantId: step.tenantId });
    expect(shared.ofStep(operation, { step, runs })).toEqual(fresh().ofStep(operation, { step, runs }));
    expect(shared.ofOperation(operation, [{ step, runs }])).toEqual(fresh().ofOperation(operation, [{ step, runs }]));
  }
  expect(fresh().ofStep(anOperation(), ours)).not.toEqual(fresh().ofStep(anOperation(), theirs));
});

describe('the silence after which a step counts as stalled', () => {
  const floor = 120 * second;
  const pausing = (pause: number) =>
    new Replay({ total: 100, reports: Array.from({ length: 100 }, (_, unit) => unit + (unit < 50 ? 10 : 10 + pause)) });
  test('is never less than the floor', () => {
    expect(patience(linear(100, 100).after(50, 0), [linear(100, 100).pace], floor)).toBe(floor);
  });
  test('is longer where earlier runs paused, or this one did', () => {
    const ordinary = pausing(0);
    expect(patience(ordinary.after(40, 0), [pausing(200).pace], floor)).toBeGreaterThan(600 * second);
    expect(patience(pausing(300).after(60, 0), [ordinary.pace], floor)).toBeGreaterThan(600 * second);
  });
  test('without earlier runs is longer, and grows with the time the step has taken', () => {
    expect(patience(linear(100, 100).after(0, 0), [], floor)).toBe(600 * second);
    expect(patience(linear(100, 100).after(50, 0), [], floor)).toBe(300 * second);
    expect(patience(linear(1000, 10_000).after(500, 0), [], floor)).toBe(5000 * second);
  });
});
