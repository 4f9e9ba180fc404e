/** The middle value; of an even number of values, the mean of the two in the middle. NaN of none. */
export function median(values: Iterable<number>): number {
  const sorted = ascending(values);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The smallest value that `share` (0 to 1) of all values do not exceed. NaN of none. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = ascending(values);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Four significant digits: the runs are not more precise. */
export const rounded = (value: number) => Number(value.toPrecision(4));

const ascending = (values: Iterable<number>) => Float64Array.from(values).sort();
