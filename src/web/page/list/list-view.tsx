import { useCallback } from 'react';
import { useParameter } from '../address.js';
import { useTitle } from '../ui/document-title.js';
import { Chips } from './chips.js';
import styles from './list-view.module.css';
import { Listed } from './listed.js';
import { Search } from './search.js';
import { SortChoice } from './sort-choice.js';
import { useCounts } from './use-counts.js';
import { wantedOf } from './wanted.js';

/** All clusters, or those that the address asks for. */
export function ListView() {
  const [q, setText] = useParameter('q');
  const [sort, setSort] = useParameter('sort');
  const [state, setState] = useParameter('state');
  const wanted = wantedOf(q, state, sort);
  const counts = useCounts(wanted);
  useTitle({ name: 'Clusters' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it changes what the address is then.
  const onText = useCallback((text: string) => setText(text, { replace: true }), []);

  return (
    <>
      <div className={styles.bar}>
        <h1 tabIndex={-1}>Clusters</h1>
        <Search text={wanted.text} onText={onText} onEscape={() => (wanted.state === 'all' ? false : setState(null))} />
        <Chips counts={counts} state={wanted.state} />
        <SortChoice sort={wanted.sort} onSort={(sort) => setSort(sort === 'attention' ? null : sort)} />
      </div>
      <Listed wanted={wanted} all={counts?.all ?? null} />
    </>
  );
}
