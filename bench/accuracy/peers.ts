import { median } from '../support/statistics.js';
import type { Replay } from './replay.js';

/** When a run will end, in milliseconds since its start; null: it does not say. */
export type Estimator = (run: Replay, history: readonly Replay[], now: number) => number | null;

/** What others estimate by. */
export const estimators: Readonly<Record<string, Estimator>> = {
  'naive share': (run, _, now) => {
    const { completed } = run.at(now);
    return completed === 0 ? null : (now * run.total) / completed;
  },
  'median of history': (_, history, now) =>
    history.length === 0 ? null : Math.max(now, median(history.map(({ duration }) => duration))),
  'double average of 15 s': (run, _, now) => {
    const { completed } = run.at(now);
    const rate = doubleAverage(run, now);
    return rate > 0 ? now + (run.total - completed) / rate : null;
  },
};

/** Units per millisecond, as indicatif has it: an exponentially weighted average of 15 s of such an average, corrected for its start. */
function doubleAverage(run: Replay, now: number): number {
  let [once, twice, last, done] = [0, 0, 0, 0];
  const step = (at: number, units: number) => {
    const passed = Math.max(1, at - last);
    const weight = 0.1 ** (passed / 15_000);
    once = once * weight + (units / passed) * (1 - weight);
    const corrected = once / (1 - 0.1 ** (Math.max(1, at) / 15_000));
    twice = twice * weight + corrected * (1 - weight);
    last = at;
  };
  while (done < run.times.length && (run.times[done] as number) <= now) {
    const at = run.times[done] as number;
    let together = 1;
    while ((run.times[done + together] ?? Number.POSITIVE_INFINITY) <= at) together += 1;
    done += together;
    step(at, together);
  }
  if (now > last) step(now, 0);
  return twice / (1 - 0.1 ** (Math.max(1, now) / 15_000));
}

/** How long a silence may be, after so many reports, in milliseconds. */
export type StallRule = (run: Replay, history: readonly Replay[], reports: number) => number;

export const stallRules: Readonly<Record<string, StallRule>> = {
  'fixed 600 s': () => 600_000,
  'phi accrual 8': (run, _, reports) => phi(gapsOf(run, reports)),
};

const gapsOf = ({ times }: Replay, reports: number) =>
  times.slice(0, reports).map((time, index) => time - (times[index - 1] ?? 0));

/** Akka's: gaps as if normal, deviation 10 s at least; the silence that is as unlikely as 10⁻⁸, 5.61 deviations above the mean. */
function phi(gaps: readonly number[]): number {
  if (gaps.length === 0) return 600_000;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  return mean + 5.61 * Math.max(10_000, Math.sqrt(variance));
}
