import { frames } from '../live/frames.js';
import { Store } from '../live/store.js';

/** How many changes are held back while the viewer has paused what is shown; null: it is not paused. */
export const behind = new Store<number | null>(null, { immediate: true });

/** Milliseconds between counts. */
const interval = 500;
let timer: ReturnType<typeof setInterval> | undefined;

/** Freezes what is shown, or goes on with the newest. */
export function pause(isPaused: boolean): void {
  frames.paused = isPaused;
  document.documentElement.toggleAttribute('data-paused', isPaused);
  clearInterval(timer);
  behind.set(isPaused ? 0 : null);
  if (isPaused) timer = setInterval(() => behind.set(frames.behind), interval);
}
