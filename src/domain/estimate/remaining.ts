import { activeTime, type Curve, firstOf, longestGap, timesAtShares, usualGap } from './curve.js';
import { byMean, byPaceSoFar, byPaceToHere, type Model, type Moment } from './models.js';
import { median } from './numbers.js';
import { type Pace, timeAt, timesUntil } from './run.js';

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
  /** The deviation (of the logarithm) that is assumed without earlier runs, and for how many of them that counts. */
  deviation: 0.45,
  weight: 0.5,
  /** No model is trusted to be better than this; one that no two earlier runs can tell of, to be as good as that. */
  best: 0.05,
  untried: 0.15,
  /** How much more a model counts that was off by less: the power of its mean square error. */
  sharpness: 2,
  /** The mean pace needs no earlier runs to be like this one: as good as the others, it counts for more. */
  mean: 2,
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
 * What several models say, each in so far as it told earlier runs' ends at this share. How far the curve of the others was
 * off then is what the range is made of.
 */
function byRuns(step: Underway, runs: readonly Pace[]): Remaining {
  const share = step.total ? Math.min(1, step.completed / step.total) : 0;
  const active = activeOf(step, runs);
  const times = timesAtShares(step.curve, step.total ?? 0);
  const moment: Moment = { share, active, now: step.now, times };
  const pause = share > 0 ? pauseOf(step) : 0;
  const errorsOf = (model: Model) => errorsAt(runs, share, active, model);
  const errors = errorsOf(byPaceToHere);
  const first = { rest: byPaceToHere(moment, runs) + pause, errors };
  const models: Said[] = [first];
  if (share > 0) {
    models.push({ rest: byPaceSoFar(moment, runs) + pause, errors: errorsOf(byPaceSoFar) });
    models.push({ rest: byMean(moment, runs), errors: errorsOf(byMean), preference: constants.mean });
  }
  const typical = share === 0 ? first.rest : mixed(models);
  const deviation = constants.range * Math.sqrt(meanSquare(errors, constants.deviation));
  return {
    typical,
    least: typical * Math.exp(-deviation),
    most: typical * Math.exp(deviation),
    basis: 'EARLIER_RUNS',
  };
}

/** What a model says, and how far it would have been off of earlier runs, as logarithms. */
interface Said {
  readonly rest: number;
  readonly errors: readonly number[];
  readonly preference?: number;
}

function mixed(models: readonly Said[]): number {
  const weights = models.map(({ errors, preference = 1 }) => {
    const assumed = errors.length > 0 ? constants.best : constants.untried;
    return preference / meanSquare(errors, assumed) ** constants.sharpness;
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const logs = models.map(({ rest }, index) => ((weights[index] as number) / sum) * Math.log(Math.max(1, rest)));
  return Math.exp(logs.reduce((total, log) => total + log, 0));
}

/** How far a model would have been off of each earlier run at this share, by the others. */
function errorsAt(runs: readonly Pace[], share: number, active: number, model: Model): number[] {
  return runs.flatMap((run, index) => {
    const others = runs.toSpliced(index, 1);
    if (others.length === 0 && model !== byMean) return [];
    const now = share === 0 ? Math.min(active, 0.9 * run.duration) : timeAt(run, share);
    const rest = model({ share, now, active: now, times: timesUntil(run, share) }, others);
    return [Math.log(Math.max(1, run.duration - now) / Math.max(1, rest))];
  });
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
  const typical = byMean(
    { share, now: activeTime(curve, now, pause) - Math.max(0, now - progressAt - pause), active: 0, times: [] },
    [],
  );
  return { typical, least: typical / 2, most: 2 * typical + now, basis: 'OWN_PACE' };
}
