import { remaining } from '../../src/domain/estimate/remaining.js';
import { percentile } from '../support/statistics.js';
import { estimators } from './peers.js';
import { Replay } from './replay.js';
import type { Trace } from './traces.js';

/** The share of runs whose end each estimator was off by, at shares of their time; all in percent of the run's duration. */
export interface Accuracy {
  readonly profile: string;
  readonly estimator: string;
  readonly runs: number;
  /** Median and 90th percentile at 25, 50 and 75 % of the time. */
  readonly errors: readonly (readonly [number, number])[];
  /** Percent of the runs whose end lay within the range; null where none is given. */
  readonly within: number | null;
  /** Percent of the time with an estimate. */
  readonly spoken: number;
  /** How often in a run the end that was promised moved away by more than a tenth of the duration. */
  readonly jumps: number;
}

interface Said {
  readonly end: number;
  readonly least?: number;
  readonly most?: number;
}
type Says = (run: Replay, history: readonly Replay[], now: number) => Said | null;

const stepcast: Says = (run, history, now) => {
  const said = remaining(
    run.at(now),
    history.map(({ pace }) => pace),
  );
  return said && { end: now + said.typical, least: now + said.least, most: now + said.most };
};

const all: Readonly<Record<string, Says>> = {
  stepcast,
  ...Object.fromEntries(
    Object.entries(estimators).map(([name, estimate]): [string, Says] => [
      name,
      (...args) => {
        const end = estimate(...args);
        return end === null ? null : { end };
      },
    ]),
  ),
};

const judged = [0.25, 0.5, 0.75] as const;
/** Points of a run's time at which is looked whether an estimator speaks, and how it moves. */
const looks = 40;

/** Every estimator on the runs of each profile, and on all of them. */
export function accuracies(traces: readonly Trace[]): Accuracy[] {
  const played = traces.map(({ profile, history, run }) => ({
    profile,
    // The newest first, as the server has them.
    history: history.map((earlier) => cached(new Replay(earlier))).reverse(),
    run: new Replay(run),
  }));
  const profiles = [...new Set(played.map(({ profile }) => profile)), 'all'];
  return profiles.flatMap((profile) => {
    const runs = played.filter((one) => profile === 'all' || one.profile === profile);
    return Object.entries(all).map(([estimator, says]) => ({ profile, estimator, ...judge(runs, says) }));
  });
}

/** A history's pace is looked at again and again. */
function cached(replay: Replay): Replay {
  return Object.defineProperty(replay, 'pace', { value: replay.pace });
}

function judge(runs: readonly { history: readonly Replay[]; run: Replay }[], says: Says) {
  const errors = judged.map((share) => {
    const off = runs.flatMap(({ run, history }) => {
      const said = says(run, history, share * run.duration);
      return said ? [(100 * Math.abs(said.end - run.duration)) / run.duration] : [];
    });
    return [percentile(off, 0.5), percentile(off, 0.9)] as const;
  });
  const ranges = runs.flatMap(({ run, history }) =>
    judged.flatMap((share) => {
      const { least, most } = says(run, history, share * run.duration) ?? {};
      return least === undefined || most === undefined ? [] : [Number(least <= run.duration && run.duration <= most)];
    }),
  );
  const moves = runs.map(({ run, history }) => {
    const said = Array.from({ length: looks }, (_, look) => says(run, history, ((look + 0.5) / looks) * run.duration));
    const ends = said.flatMap((one) => one?.end ?? []);
    const jumps = ends.filter((end, look) => look > 0 && end - (ends[look - 1] as number) > run.duration / 10).length;
    return { spoken: ends.length / looks, jumps };
  });
  return {
    runs: runs.length,
    errors,
    within: ranges.length === 0 ? null : 100 * average(ranges),
    spoken: 100 * average(moves.map(({ spoken }) => spoken)),
    jumps: average(moves.map(({ jumps }) => jumps)),
  };
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
