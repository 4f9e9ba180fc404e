import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { happened, type Remembered } from '../live/away.js';
import { byServer } from '../live/clock.js';
import { connection } from '../live/connection.js';
import { type Store, useStore } from '../live/store.js';
import { inWords } from '../ui/durations.js';
import { zone } from '../ui/settings.js';
import { clockTime } from '../ui/times.js';
import styles from './away.module.css';

/** Milliseconds that the page has to be hidden before it is worth a word. */
const worthAWord = 60_000;

/** Milliseconds in which the newest state follows the word that the connection is live. */
const settling = 200;

/** From when until when nobody could see what happened, by the viewer's clock in milliseconds, and what did. */
interface Absence {
  readonly from: number;
  readonly to: number;
  readonly words: readonly string[];
}

/** What has happened to a cluster while there was no connection, or the page was hidden for longer than a minute. */
export function WhileAway({ store }: { store: Store<Remembered> }) {
  const [absence, setAbsence] = useState<Absence | null>(null);
  const inZone = useStore(zone);
  useEffect(() => watchAbsence(store, setAbsence), [store]);
  if (!absence) return null;
  const { from, to, words } = absence;
  return (
    <aside className={styles.away} aria-label="While you were away">
      <p>
        <strong>While you were away</strong>, since {clockTime(byServer(from), inZone)} ({inWords(to - from)}):{' '}
        {words.join(', ')}.
      </p>
      <button type="button" className="button quiet icon" aria-label="Dismiss" onClick={() => setAbsence(null)}>
        <X size={14} aria-hidden="true" />
      </button>
    </aside>
  );
}

/** Remembers the state at the beginning of an absence, and compares it once the newest is there. */
function watchAbsence(store: Store<Remembered>, tell: (absence: Absence) => void): () => void {
  let before: { readonly state: Remembered; readonly from: number; isLong: boolean } | null = null;
  const isAway = () => document.hidden || connection.value.status === 'stale';
  const look = () => {
    if (store.value.operations.length === 0 && store.value.steps.length === 0) return;
    if (isAway()) {
      const wasConnected = !before;
      before ??= { state: store.value, from: Date.now(), isLong: false };
      if (connection.value.status === 'stale') {
        const from = wasConnected ? Math.min(before.from, connection.value.since.getTime()) : before.from;
        before = { ...before, from, isLong: true };
      }
      return;
    }
    if (!before || connection.value.status !== 'live') return;
    const [{ state, from, isLong }, to] = [before, Date.now()];
    before = null;
    const words = isLong || to - from > worthAWord ? happened(state, store.value) : [];
    if (words.length > 0) tell({ from, to, words });
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
