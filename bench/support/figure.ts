import { rounded } from './statistics.js';

/** One result: what was measured of ours, and of what it is held against. */
export interface Figure {
  readonly bench: string;
  readonly ours: number;
  readonly unit: string;
  /** What ours is held against; null where the figure stands alone. */
  readonly reference: string | null;
  readonly referenceValue: number | null;
  /** The median over the pairs of ours / reference. */
  readonly ratio: number | null;
  /** The smallest and the largest of these ratios. */
  readonly spread: readonly [number, number] | null;
  /** What the figure should reach, in words; null for one that only informs. */
  readonly aim: string | null;
}

/** A figure that is held against its aim alone. */
export const single = (bench: string, ours: number, unit: string, aim: string | null): Figure => ({
  bench,
  ours: rounded(ours),
  unit,
  reference: null,
  referenceValue: null,
  ratio: null,
  spread: null,
  aim,
});

/** The figure as a line to read. */
export function inWords({ bench, ours, unit, reference, referenceValue, ratio, spread, aim }: Figure): string {
  const against = reference === null ? '' : `, ${reference} ${readable(referenceValue)}: ratio ${ratio}`;
  const range = spread === null ? '' : ` (${spread[0]} to ${spread[1]})`;
  return `${bench}: ${readable(ours)} ${unit}${against}${range}${aim === null ? '' : ` · aim ${aim}`}`;
}

const readable = (value: number | null) => (value ?? 0).toLocaleString('en', { maximumSignificantDigits: 4 });
