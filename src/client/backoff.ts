/** Milliseconds of the first pause at most, and of any. */
const first = 250;
const longest = 30_000;

/**
 * Milliseconds to wait before the next attempt, `failures` having failed: anywhere between nothing and a bound that
 * doubles (full jitter), so that the many who lost one server do not come back at one moment.
 */
export function pause(failures: number): number {
  return Math.random() * Math.min(longest, first * 2 ** Math.min(failures, 20));
}
