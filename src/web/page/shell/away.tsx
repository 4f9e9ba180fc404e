import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Absence, watchAbsence } from '../live/absence.js';
import { happened, type Remembered } from '../live/away.js';
import { byServer } from '../live/clock.js';
import { type Store, useStore } from '../live/store.js';
import { inWords } from '../ui/durations.js';
import { zone } from '../ui/settings.js';
import { clockTime } from '../ui/times.js';
import styles from './away.module.css';

interface Missed extends Absence {
  /** What happened meanwhile. */
  readonly words: readonly string[];
}

/** What has happened to a cluster while there was no connection, or the page was hidden for longer than a minute. */
export function WhileAway({ store }: { store: Store<Remembered> }) {
  const [missed, setMissed] = useState<Missed | null>(null);
  const inZone = useStore(zone);
  useEffect(() => watchCluster(store, setMissed), [store]);
  if (!missed) return null;
  const { from, to, words } = missed;
  return (
    <aside className={styles.away} aria-label="While you were away">
      <p>
        <strong>While you were away</strong>, since {clockTime(byServer(from), inZone)} ({inWords(to - from)}):{' '}
        {words.join(', ')}.
      </p>
      <button type="button" className="button quiet icon" aria-label="Dismiss" onClick={() => setMissed(null)}>
        <X size={14} aria-hidden="true" />
      </button>
    </aside>
  );
}

/** Remembers the state at the beginning of an absence, and compares it once the newest is there. */
function watchCluster(store: Store<Remembered>, tell: (missed: Missed) => void): () => void {
  let before: Remembered | null = null;
  const isKnown = () => store.value.operations.length > 0 || store.value.steps.length > 0;
  return watchAbsence(
    () => {
      if (isKnown()) before ??= store.value;
    },
    (absence) => {
      const words = absence && before ? happened(before, store.value) : [];
      before = null;
      if (absence && words.length > 0) tell({ ...absence, words });
    },
  );
}
