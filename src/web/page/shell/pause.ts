import { frames } from '../live/frames.js';
import { Store } from '../live/store.js';

/** Whether the viewer has paused what is shown, and when. */
export const pausedAt = new Store<number | null>(null, { immediate: true });

/** Freezes what is shown, or goes on with the newest. */
export function pause(isPaused: boolean): void {
  frames.paused = isPaused;
  pausedAt.set(isPaused ? Date.now() : null);
  document.documentElement.toggleAttribute('data-paused', isPaused);
}
