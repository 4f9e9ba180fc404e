import type { Profile } from './profiles.js';
import { Random } from './random.js';

/** When each of a step's units reported, in seconds since its start. */
export interface Run {
  readonly total: number;
  readonly reports: readonly number[];
}

/** A run, and those of the same step before it, the oldest first. */
export interface Trace {
  readonly profile: string;
  readonly history: readonly Run[];
  readonly run: Run;
}

export interface Generated {
  readonly profiles: Readonly<Record<string, Profile>>;
  readonly seed: number;
  readonly runs: number;
  /** Earlier runs. */
  readonly history: number;
  readonly units: number;
}

/** Runs that differ in size (by a deviation of 0.2, of the logarithm) and in pace (0.15). */
export function generate({ profiles, seed, runs, history, units }: Generated): Trace[] {
  return Object.entries(profiles).flatMap(([profile, times], index) => {
    const random = new Random(seed * 7919 + index * 104_729);
    return Array.from({ length: runs }, () => {
      const usual = random.logNormal(units, 0.3);
      const one = (): Run => {
        const total = Math.max(5, Math.round(random.logNormal(usual, 0.2)));
        const pace = random.logNormal(1, 0.15);
        const reports = times(total, random).map((time) => time * pace);
        return { total, reports: reports.sort((a, b) => a - b) };
      };
      return { profile, history: Array.from({ length: history }, one), run: one() };
    });
  });
}

/** Runs as JSON lines, `{"history":[{"total":800,"reports":[1.5,…]}…],"run":{…}}`, with an optional `"profile"`. Throws what is wrong with a line. */
export function readTraces(text: string): Trace[] {
  const lines = text.split('\n').map((line, index) => ({ line, where: `line ${index + 1}` }));
  return lines.flatMap(({ line, where }) => (line.trim() === '' ? [] : [traceOf(line, where)]));
}

function traceOf(line: string, where: string): Trace {
  const { profile = 'traces', history = [], run } = parsed(line, where) as Record<string, unknown>;
  if (typeof profile !== 'string')
    throw new Error(`${where}: expected profile to be a text, got ${JSON.stringify(profile)}`);
  if (!Array.isArray(history)) throw new Error(`${where}: expected history to be a list of runs`);
  return {
    profile,
    history: history.map((one, index) => runOf(one, `${where}: history[${index}]`)),
    run: runOf(run, `${where}: run`),
  };
}

function parsed(line: string, where: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {}
  throw new Error(`${where}: expected a JSON object, got ${JSON.stringify(line.slice(0, 80))}`);
}

function runOf(value: unknown, where: string): Run {
  const { total, reports } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const isTime = (time: unknown): time is number => typeof time === 'number' && Number.isFinite(time) && time >= 0;
  if (!Array.isArray(reports) || reports.length === 0 || !reports.every(isTime)) {
    throw new Error(`${where}: expected reports to be a list of seconds since the step's start, none negative`);
  }
  if (typeof total !== 'number' || !Number.isInteger(total) || total < reports.length) {
    throw new Error(
      `${where}: expected total to be a whole number of at least the ${reports.length} reports, got ${JSON.stringify(total)}`,
    );
  }
  return { total, reports: [...reports].sort((a, b) => a - b) };
}
