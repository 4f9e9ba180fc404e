import { vi } from 'vitest';

/**
 * How long a test waits for what must come, in ms. Not a measure of speed: long enough for a machine whose cores are
 * all busy with something else, and short enough to say what did not come before the test's own deadline.
 */
const timeout = 120_000;

/** Resolves with what `condition` answers, once that is truthy; asks every `interval` ms. */
export const until = <T>(condition: () => T | Promise<T>, interval = 20) =>
  vi.waitUntil(condition, { timeout, interval });

/** Resolves with what `assertion` answers, once it does not throw; otherwise rejects with its last error. */
export const eventually = <T>(assertion: () => T | Promise<T>, interval = 20) =>
  vi.waitFor(assertion, { timeout, interval });
