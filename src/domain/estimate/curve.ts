/** The shares of its units at which a finished step's times are kept: fine at the end, where the last few take long. */
export const shares = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1,
] as const;

/** The share from which on a step's longest gaps are kept apart: its last units are often slow. */
export const late = 0.9;

/**
 * How a step has progressed, in milliseconds since its start, as one flat list, for it is stored with each report:
 * the first progress; the longest gap between two below 90 %; the three longest gaps of all; then pairs, how many units
 * were done and when. Empty before the first progress; at most 101 numbers, however many units there are.
 */
export type Curve = readonly number[];

const header = 5;
const mostPoints = 48;

/** How many units are done now, of how many, when, and when the progress before was. */
export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly at: number;
  readonly before: number;
}

/** The curve after a progress; the same one where nothing of it changes. Times that run backwards count as none passed. */
export function extend(curve: Curve, { done, total, at, before }: Progress): Curve {
  const gap = curve.length === 0 ? 0 : Math.max(0, at - before);
  const isMark = marks(done, total) > marks(curve.at(-2) ?? 0, total);
  const early = total === null || done - 1 < late * total ? Math.max(curve[1] ?? 0, gap) : (curve[1] ?? 0);
  if (curve.length > 0 && !isMark && early === curve[1] && gap <= (curve[4] ?? 0)) return curve;
  const gaps = [...curve.slice(2, header), gap, 0, 0].sort((a, b) => b - a).slice(0, 3);
  const points = curve.slice(header);
  return [curve[0] ?? at, early, ...gaps, ...(isMark ? thinned([...points, done, at]) : points)];
}

/** How many of the marks at which points are kept lie within so many units: two per doubling while the total is unknown. */
function marks(done: number, total: number | null): number {
  if (done <= 0) return 0;
  if (total === null) return 1 + Math.floor(2 * Math.log2(done));
  const share = done / total + 1e-9;
  let count = 0;
  while (count < shares.length && (shares[count] as number) <= share) count += 1;
  return count === 0 ? 0.5 : count;
}

/** Totals that change again and again have marks without end: every second point goes, the newest stays. */
const thinned = (points: readonly number[]): readonly number[] =>
  points.length <= 2 * mostPoints ? points : points.filter((_, index) => (points.length - 1 - index) % 4 < 2);

/** The first progress; null before it. */
export const firstOf = (curve: Curve): number | null => curve[0] ?? null;

/** The longest gap between two: below 90 %, in all, and the third longest, which a single pause does not make longer. */
export const earlyGap = (curve: Curve): number => curve[1] ?? 0;
export const longestGap = (curve: Curve): number => curve[2] ?? 0;
export const usualGap = (curve: Curve): number => curve[4] ?? 0;

/** Of the time until `at`, what counts as work: of the three longest gaps no more than `most` each. */
export const activeTime = (curve: Curve, at: number, most: number): number =>
  curve.slice(2, header).reduce((active, gap) => active - Math.max(0, gap - most), at);

/** When each of the shares of so many units was done, as far as they are. */
export function timesAtShares(curve: Curve, units: number): number[] {
  const done = curve.at(-2) ?? 0;
  return shares
    .filter((share) => units > 0 && unitsOf(share, units) <= done)
    .map((share) => timeOf(curve, unitsOf(share, units)));
}

const unitsOf = (share: number, units: number) => Math.max(1, Math.ceil(share * units - 1e-6));

/** When so many units were done, between the points before and after. */
function timeOf(curve: Curve, units: number): number {
  let [lastDone, lastAt] = [0, 0];
  for (let place = header; place < curve.length; place += 2) {
    const [done, at] = [curve[place] as number, curve[place + 1] as number];
    if (done >= units) return lastAt + ((at - lastAt) * (units - lastDone)) / (done - lastDone || 1);
    [lastDone, lastAt] = [done, at];
  }
  return lastAt;
}
