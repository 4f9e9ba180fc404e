import type { Basis, Remaining } from './remaining.js';

/** When something will be done: in 8 of 10 runs like it between `earliest` and `latest`. */
export interface Estimate {
  readonly completionAt: Date;
  readonly earliest: Date;
  readonly latest: Date;
  readonly basis: Basis;
}

/** Milliseconds, or a share of what remains: by less than the greater of the two an estimate does not move. */
const noise = { time: 5_000, share: 0.03 } as const;

export function estimateFrom(now: Date, { typical, least, most, basis }: Remaining): Estimate {
  const after = (milliseconds: number) => new Date(now.getTime() + Math.round(Math.min(milliseconds, longest)));
  return { completionAt: after(typical), earliest: after(least), latest: after(most), basis };
}

/** A thousand years: no date lies beyond what a DateTime can say. */
const longest = 1000 * 365 * 86_400_000;

/** What to say now, after what was said before: the same as long as the end has moved by no more than the noise, and is not past. */
export function steady(before: Estimate | null, next: Estimate, now: Date): Estimate {
  if (before === null || before.basis !== next.basis || before.completionAt <= now) return next;
  const moved = Math.abs(next.completionAt.getTime() - before.completionAt.getTime());
  const rest = next.completionAt.getTime() - now.getTime();
  return moved <= Math.max(noise.time, noise.share * rest) ? before : next;
}

/**
 * Steps that follow each other: their ranges add as deviations do, for not all of them are late at once. Null where one
 * of them cannot be told: the others' sum would be too little.
 */
export function inSeries(parts: readonly (Remaining | null)[]): Remaining | null {
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length || known.length === 0) return null;
  const typical = known.reduce((sum, part) => sum + part.typical, 0);
  return {
    typical,
    least: typical - Math.hypot(...known.map((part) => part.typical - part.least)),
    most: typical + Math.hypot(...known.map((part) => part.most - part.typical)),
    basis: known.every(({ basis }) => basis === 'EARLIER_RUNS') ? 'EARLIER_RUNS' : 'OWN_PACE',
  };
}
