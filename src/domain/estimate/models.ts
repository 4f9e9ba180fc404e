import { shares } from './curve.js';
import { clamp, median } from './numbers.js';
import { type Pace, timeAt, timeNear } from './run.js';

/** A run at a moment, this one or an earlier one as it was then. Times in milliseconds since its start. */
export interface Moment {
  /** Of its units, those that are done; more than 0, unless only the earlier runs' duration tells. */
  readonly share: number;
  readonly now: number;
  /** What of the time until now counts as work. */
  readonly active: number;
  /** When each of `shares` was done, as far as they were. */
  readonly times: readonly number[];
}

/** How long a run still takes by these others, at least one, in milliseconds. */
export type Model = (moment: Moment, runs: readonly Pace[]) => number;

/** Chosen with the others (`remaining.ts`). */
const constants = {
  /** How far a run's pace may differ from an earlier one's. */
  pace: 2.5,
  /** The share at which a run's own pace counts for half of what it will be. */
  trust: 0.1,
  /** The first shares say little of a pace: what begins is often slow once. */
  firstShare: 0.05,
} as const;

/** The curve of earlier runs, at the pace that takes this one to where it is now. */
export const byPaceToHere: Model = ({ share, active }, runs) =>
  median(
    runs.map((run) => restOf(run, share, active, active / Math.max(1, share > 0 ? timeNear(run, share, active) : 1))),
  );

/** The same at the pace of all the shares it has passed: the last units that are done may be early or late for no reason. */
export const byPaceSoFar: Model = ({ share, active, times }, runs) =>
  median(runs.map((run) => restOf(run, share, active, paceAgainst(run, times))));

/** This run's own mean pace. */
export const byMean: Model = ({ share, now }) => (now * (1 - share)) / share;

function restOf(run: Pace, share: number, active: number, pace: number): number {
  if (share === 0) return Math.max(run.duration - active, run.duration / 10);
  const rest = run.duration - (timeNear(run, share, active) + timeAt(run, share)) / 2;
  const bounded = clamp(pace, 1 / constants.pace, constants.pace);
  return Math.max(rest * bounded ** (share / (share + constants.trust)), run.duration / 50, 1);
}

/** How much slower than an earlier run: in the middle of the shares that both have passed; 1 before that can be told. */
function paceAgainst(run: Pace, times: readonly number[]): number {
  const ratios = times.flatMap((time, index) => {
    const theirs = run.times[index] ?? run.duration;
    return (shares[index] as number) >= constants.firstShare && time > 0 && theirs > 0 ? [Math.log(time / theirs)] : [];
  });
  return ratios.length === 0 ? 1 : Math.exp(median(ratios));
}
