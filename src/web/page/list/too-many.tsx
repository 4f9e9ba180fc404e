import { useStore } from '../live/store.js';
import styles from './list-view.module.css';
import type { LiveList } from './live-list.js';
import type { Sort } from './wanted.js';

const which: Readonly<Record<Sort, string>> = {
  attention: 'the ones that changed last, and of these what needs attention first',
  changed: 'the ones that changed last',
  newest: 'the newest',
  name: 'the first by name',
};

/** Says that more clusters match than are held, or that the others are on their way. */
export function TooMany({ live }: { live: LiveList }) {
  const { hasMore, isPart, answered, arranged } = useStore(live.store);
  if (!hasMore || !answered) return null;
  const count = arranged.ids.length.toLocaleString('en-GB');
  return (
    <p className={styles.end} role="status">
      {isPart
        ? 'Reading the other clusters…'
        : `These are ${count} clusters: ${which[answered.sort]}. More match: a filter or the search narrows them.`}
    </p>
  );
}
