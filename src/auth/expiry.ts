import type { Clock } from './clock.js';

/** Milliseconds: the longest that a timer can run. */
const longest = 2 ** 31 - 1;

/** Calls `ended` once that time has come, unless the function it returns is called before. */
export function whenPast(expiresAt: Date, ended: () => void, clock: Clock): () => void {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const left = expiresAt.getTime() - clock.now();
    timer = setTimeout(() => (left > longest ? arm() : ended()), Math.max(0, Math.min(left, longest))).unref();
  };
  arm();
  return () => clearTimeout(timer);
}
