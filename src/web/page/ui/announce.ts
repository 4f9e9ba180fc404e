import { Store } from '../live/store.js';

/** What screen readers are told next; the shell has the element that says it. */
export const announcement = new Store('', { immediate: true });

/** Milliseconds between two announcements: what comes sooner is said together. */
const pause = 10_000;

const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Has a sentence said politely, at once or together with others within ten seconds. */
export function announce(sentence: string): void {
  waiting.add(sentence);
  if (timer === undefined) say();
}

function say(): void {
  timer = undefined;
  if (waiting.size === 0) return;
  announcement.set([...waiting].join(' '));
  waiting.clear();
  timer = setTimeout(say, pause);
}
