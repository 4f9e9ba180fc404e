import { patience } from '../../src/domain/estimate/stall.js';
import { median } from '../support/statistics.js';
import { type StallRule, stallRules } from './peers.js';
import { Random } from './random.js';
import { Replay } from './replay.js';
import type { Trace } from './traces.js';

export interface Alarms {
  readonly profile: string;
  readonly rule: string;
  readonly runs: number;
  /** Percent of the runs, none of which stands still, in which the rule says that it does. */
  readonly falseAlarms: number;
  /** Seconds until a silence without end is seen that begins anywhere in the run: in the median, and in the worst run. */
  readonly delay: number;
  readonly longestDelay: number;
}

const floor = 120_000;
/** No rule takes a shorter silence for one, phi accrual with its least deviation included. */
const shortest = 56_000;

const rules: Readonly<Record<string, StallRule>> = {
  stepcast: (run, history, reports) =>
    patience(
      run.after(reports, 0),
      history.map(({ pace }) => pace),
      floor,
    ),
  ...stallRules,
};

/** Every rule on the runs of each profile, and on all of them. */
export function alarms(traces: readonly Trace[]): Alarms[] {
  const played = traces.map(({ profile, history, run }) => ({
    profile,
    history: history.map((earlier) => new Replay(earlier)).reverse(),
    run: new Replay(run),
  }));
  const profiles = [...new Set(played.map(({ profile }) => profile)), 'all'];
  return profiles.flatMap((profile) => {
    const runs = played.filter((one) => profile === 'all' || one.profile === profile);
    return Object.entries(rules).map(([rule, allows]) => ({ profile, rule, ...judge(runs, allows) }));
  });
}

function judge(runs: readonly { history: readonly Replay[]; run: Replay }[], allows: StallRule) {
  const random = new Random(1);
  const alarmed = runs.filter(({ run, history }) =>
    run.times.some((time, reports) => {
      const gap = time - (run.times[reports - 1] ?? 0);
      return gap > shortest && gap > allows(run, history, reports);
    }),
  );
  const delays = runs.map(({ run, history }) => {
    const reports = Math.floor(random.uniform() * run.times.length);
    return allows(run, history, reports) / 1000;
  });
  return {
    runs: runs.length,
    falseAlarms: (100 * alarmed.length) / runs.length,
    delay: median(delays),
    longestDelay: Math.max(...delays),
  };
}
