import { activeTime, type Curve, firstOf, longestGap, usualGap } from './curve.js';
import { clamp, median } from './numbers.js';
import { type Pace, timeAt, timeNear } from './run.js';

/** A step that runs, as far as the estimate looks at it. Times in milliseconds since its start. */
export interface Underway {
  readonly completed: number;
  readonly total: number | null;
  readonly curve: Curve;
  /** The last progress; 0 before the first. */
  readonly progressAt: number;
  readonly now: number;
}

export type Basis = 'OWN_PACE' | 'EARLIER_RUNS';

/** Milliseconds from now on: in 8 of 10 runs like this one between `least` and `most`. */
export interface Remaining {
  readonly typical: number;
  readonly least: number;
  readonly most: number;
  readonly basis: Basis;
}

/** Chosen on generated runs, and judged on others (docs/accuracy.md). Times in milliseconds. */
const constants = {
  /** Of a pause, no less than this counts as work. */
  pause: 60_000,
  /** How far a run's pace may differ from an earlier one's. */
  pace: 2.5,
  /** The share at which a run's own pace counts for half of what it will be. */
  trust: 0.1,
  /** The deviation (of the logarithm) that is assumed without earlier runs, and for how many of them that counts. */
  deviation: 0.45,
  weight: 0.5,
  /** No model is trusted to be better than this. */
  best: 0.05,
  /** The deviation within which 8 of 10 lie. */
  range: 1.28,
  /** What is needed without earlier runs. */
  own: { share: 0.05, units: 5, time: 15_000 },
} as const;

/** How long a step still takes, by earlier runs of it, else by its own pace; null while there is nothing to go by. */
export function remaining(step: Underway, runs: readonly Pace[]): Remaining | null {
  return runs.length > 0 ? byRuns(step, runs) : byOwnPace(step);
}

/**
 * The curve of earlier runs, scaled by this run's active time; and this run's own mean pace, in so far as that told
 * earlier runs' ends at this share better. How far both were off then is what the range is made of.
 */
function byRuns(step: Underway, runs: readonly Pace[]): Remaining {
  const share = step.total ? Math.min(1, step.completed / step.total) : 0;
  const active = activeOf(step, runs);
  const byCurve = restByCurve(active, share, runs) + (share > 0 ? pauseOf(step) : 0);
  const errors =
    runs.length < 2 ? [] : runs.map((run, index) => errorOfCurve(run, runs.toSpliced(index, 1), share, active));
  const deviation = constants.range * Math.sqrt(meanSquare(errors, constants.deviation));
  const typical = share === 0 ? byCurve : mixed(byCurve, errors, step.now, share, runs);
  return {
    typical,
    least: typical * Math.exp(-deviation),
    most: typical * Math.exp(deviation),
    basis: 'EARLIER_RUNS',
  };
}

/** Each of the two by the inverse of its mean square error. */
function mixed(byCurve: number, errors: readonly number[], now: number, share: number, runs: readonly Pace[]): number {
  const byMean = restByMean(now, share);
  const ofMean = runs.map((run) => error(run, timeAt(run, share), restByMean(timeAt(run, share), share)));
  const trusted = [1 / meanSquare(errors, constants.best), 1 / meanSquare(ofMean, constants.best)] as const;
  const sum = trusted[0] * Math.log(byCurve) + trusted[1] * Math.log(Math.max(1, byMean));
  return Math.exp(sum / (trusted[0] + trusted[1]));
}

/** The time that counts as work: of pauses only as much as is usual. */
function activeOf({ now, progressAt, curve }: Underway, runs: readonly Pace[]): number {
  const usual =
    firstOf(curve) === null
      ? 3 * median(runs.map((run) => run.firstAt ?? run.duration))
      : 2 * median(runs.map((run) => run.longestGap));
  const pause = Math.max(constants.pause, usual);
  return activeTime(curve, now, pause) - Math.max(0, now - progressAt - pause);
}

/** Who has waited longer than is usual for this run may wait half as long again. */
const pauseOf = ({ now, progressAt, curve }: Underway) => Math.max(0, now - progressAt - 1.5 * usualGap(curve)) / 2;

function restByCurve(active: number, share: number, runs: readonly Pace[]): number {
  return median(
    runs.map((run) => {
      if (share === 0) return Math.max(run.duration - active, run.duration / 10);
      const reached = timeNear(run, share, active);
      const pace = clamp(active / Math.max(1, reached), 1 / constants.pace, constants.pace);
      const rest = run.duration - (reached + timeAt(run, share)) / 2;
      return Math.max(rest * pace ** (share / (share + constants.trust)), run.duration / 50, 1);
    }),
  );
}

const restByMean = (elapsed: number, share: number) => (elapsed * (1 - share)) / share;

/** How far an earlier run would have been off at this share, estimated from the others. */
function errorOfCurve(run: Pace, others: readonly Pace[], share: number, active: number): number {
  const at = share === 0 ? Math.min(active, 0.9 * run.duration) : timeAt(run, share);
  return error(run, at, restByCurve(at, share, others));
}

const error = (run: Pace, at: number, rest: number) => Math.log(Math.max(1, run.duration - at) / Math.max(1, rest));

/** With an assumption, so that few errors do not say too much. */
const meanSquare = (errors: readonly number[], assumed: number) =>
  (errors.reduce((sum, error) => sum + error ** 2, 0) + constants.weight * assumed ** 2) /
  (errors.length + constants.weight);

/** The range is wide: nobody knows whether the last units are like the first, and steps that have taken long go on for long. */
function byOwnPace(step: Underway): Remaining | null {
  const { completed, total, curve, progressAt, now } = step;
  const { own } = constants;
  const share = total ? Math.min(1, completed / total) : 0;
  if (share < own.share || completed < own.units || progressAt < own.time) return null;
  const pause = Math.max(constants.pause, longestGap(curve));
  const typical = restByMean(activeTime(curve, now, pause) - Math.max(0, now - progressAt - pause), share);
  return { typical, least: typical / 2, most: 2 * typical + now, basis: 'OWN_PACE' };
}
