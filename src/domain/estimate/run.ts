import type { StepType } from '../step.js';
import { shares } from './curve.js';

/** Whose earlier runs tell of a step: those of the same name, type and plugin ('': of none). */
export interface RunKey {
  readonly tenantId: string;
  readonly pluginName: string;
  readonly stepType: StepType;
  readonly stepName: string;
}

/** The same text for the same key only. */
export const nameOf = ({ tenantId, pluginName, stepType, stepName }: RunKey): string =>
  JSON.stringify([tenantId, pluginName, stepType, stepName]);

/** How a step went that has ended, in milliseconds since its start: what is estimated from. */
export interface Pace {
  readonly duration: number;
  /** The first progress; null if there was none. */
  readonly firstAt: number | null;
  /** The longest gaps between two: below 90 %, and in all. */
  readonly earlyGap: number;
  readonly longestGap: number;
  /** When each of `shares` was done, as far as they were. */
  readonly times: readonly number[];
}

/** What is kept for ever of a step that has ended. */
export interface StepRun extends RunKey, Pace {
  readonly stepId: string;
  readonly operationId: string;
  readonly clusterId: string;
  readonly total: number | null;
  readonly successful: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** How many earlier runs are looked at, and how many are read: enough to find some of a size like the step's. */
export const mostRuns = 10;
export const readRuns = 30;

/** Of the runs, the newest first, those to estimate a step of so many units from: that went well, and of a size like it, if there are any. */
export function comparable(runs: readonly StepRun[], total: number | null): StepRun[] {
  const good = runs.filter(({ successful }) => successful);
  const alike = good.filter((run) => total === null || isAlike(run.total, total));
  return (alike.length > 0 ? alike : good).slice(0, mostRuns);
}

const isAlike = (theirs: number | null, ours: number) => theirs !== null && 2 * theirs >= ours && theirs <= 2 * ours;

/** When a share of the units was done, linear between the shares that are kept. */
export function timeAt(run: Pace, share: number): number {
  const { low, high, part } = around(run, share);
  return low + (high - low) * part;
}

/**
 * The same, as far as it can be told from a time: where much time passed between two shares that are kept, nobody knows
 * how, and any time between theirs may be right. A step of two kinds of units waits between these.
 */
export function timeNear(run: Pace, share: number, at: number): number {
  const { low, high, part, width } = around(run, share);
  const time = low + (high - low) * part;
  const unknown = Math.min(1, Math.max(0, (high - low) / (Math.max(1, run.duration) * width) - 1.5));
  return Math.min(Math.max(at, time - unknown * (time - low)), time + unknown * (high - time));
}

/** The times of the shares that are kept, as far as they lie within a share. */
export const timesUntil = ({ times }: Pace, share: number): readonly number[] =>
  times.slice(0, shares.filter((mark) => mark <= share + 1e-9).length);

/** The times of the shares that are kept before and after a share, and how far it lies between the two. */
function around({ times, firstAt, duration }: Pace, share: number) {
  const found = shares.findIndex((mark, index) => share <= mark + 1e-9 || index + 1 >= times.length);
  const index = Math.max(0, found);
  const [from, to] = [shares[index - 1] ?? 0, shares[index] as number];
  const high = times[index] ?? duration;
  const low = times[index - 1] ?? Math.min(firstAt ?? high, high);
  return { low, high, part: Math.min(1, (share - from) / (to - from)), width: to - from };
}
