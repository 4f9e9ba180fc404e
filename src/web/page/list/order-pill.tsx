import { ArrowUpDown } from 'lucide-react';
import { useStore } from '../live/store.js';
import { inWords } from './arranged.js';
import styles from './list-view.module.css';
import type { LiveList } from './live-list.js';

/** Offers the rows as they would be, had they not been held still for the reader. */
export function OrderPill({ live }: { live: LiveList }) {
  const waiting = useStore(live.store, ({ arranged }) => arranged.waiting);
  if (!waiting) return null;
  const settle = () => {
    live.settle();
    window.scrollTo(0, 0);
    // The button goes, and with it the focus.
    document.querySelector<HTMLElement>('main h1')?.focus();
  };
  return (
    <div className={styles.pill}>
      <button type="button" className="button primary" onClick={settle}>
        <ArrowUpDown size={14} aria-hidden="true" />
        {inWords(waiting)}
      </button>
    </div>
  );
}
