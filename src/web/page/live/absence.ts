import { connection } from './connection.js';

/** Milliseconds that the page has to be hidden before it is worth a word. */
const worthAWord = 60_000;

/** Milliseconds in which the newest state follows the word that the connection is live. */
const settling = 200;

/** From when until when nobody could see what happened, by the viewer's clock in milliseconds. */
export interface Absence {
  readonly from: number;
  readonly to: number;
}

/**
 * Watches for times without a connection, and those for which the page is hidden for longer than a minute. `away` is called
 * once or more while nobody can see what happens, `back` once the newest is there again; null: it was not worth a word.
 */
export function watchAbsence(away: () => void, back: (absence: Absence | null) => void): () => void {
  let left: { readonly from: number; readonly isLong: boolean } | null = null;
  const isStale = () => connection.value.status === 'stale';
  const isAway = () => document.hidden || isStale();
  const look = () => {
    if (isAway()) {
      const from = left?.from ?? Math.min(Date.now(), isStale() ? connection.value.since.getTime() : Date.now());
      left = { from, isLong: left?.isLong || isStale() };
      away();
      return;
    }
    if (!left || connection.value.status !== 'live') return;
    const [{ from, isLong }, to] = [left, Date.now()];
    left = null;
    back(isLong || to - from > worthAWord ? { from, to } : null);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const lookSoon = () => {
    if (isAway()) look();
    clearTimeout(timer);
    timer = setTimeout(look, settling);
  };
  const unsubscribe = connection.subscribe(lookSoon);
  document.addEventListener('visibilitychange', lookSoon);
  return () => {
    clearTimeout(timer);
    unsubscribe();
    document.removeEventListener('visibilitychange', lookSoon);
  };
}
