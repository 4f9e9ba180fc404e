import { firstOf, late, longestGap } from './curve.js';
import { median } from './numbers.js';
import type { Underway } from './remaining.js';
import type { Pace } from './run.js';

/** Without earlier runs, a silence is longer than can be told from a step's own gaps: so many times `floor`. */
const unknown = { first: 5, next: 2.5 } as const;

/**
 * How long a step may make no progress, in milliseconds since its last (or its start), before it counts as stalled: much
 * longer than its own longest gap and those of earlier runs, and never less than `floor`.
 */
export function patience(
  step: Pick<Underway, 'completed' | 'total' | 'curve' | 'progressAt'>,
  runs: readonly Pace[],
  floor: number,
): number {
  const own = longestGap(step.curve);
  const isFirst = firstOf(step.curve) === null;
  if (runs.length === 0) {
    return isFirst ? unknown.first * floor : Math.max(unknown.next * floor, 3 * own, step.progressAt);
  }
  if (isFirst) return Math.max(floor, 3 * median(runs.map((run) => run.firstAt ?? run.duration)));
  const isLate = step.total !== null && step.completed >= late * step.total;
  // One or two earlier runs say less of how long a gap may be.
  const doubt = 1 + 1 / runs.length;
  const theirs = isLate
    ? 3.5 * Math.max(...runs.map((run) => run.longestGap))
    : 2.5 * median(runs.map((run) => run.earlyGap));
  return Math.max(floor, 2 * own, doubt * theirs);
}
