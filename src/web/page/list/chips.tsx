import { Link, useSearch } from 'wouter';
import type { ClusterCounts } from '../live/cluster-counts.js';
import { LookIcon } from '../ui/icon.js';
import styles from './list-view.module.css';
import type { StateFilter } from './wanted.js';

const chips = [
  { state: 'all', words: 'All', look: null, tip: 'Every cluster' },
  { state: 'running', words: 'Running', look: 'running', tip: 'An operation is running' },
  { state: 'failing', words: 'Failing', look: 'failing', tip: 'An operation is running, and units of it stand failed' },
  { state: 'failed', words: 'Failed', look: 'failed', tip: 'The last operation failed or was interrupted' },
  { state: 'stalled', words: 'Stalled', look: 'stalled', tip: 'Nothing has moved for much longer than is usual' },
  { state: 'idle', words: 'Idle', look: 'planned', tip: 'No operation is running' },
] as const;

export interface ChipsProps {
  /** Null: not known yet. */
  readonly counts: ClusterCounts | null;
  readonly state: StateFilter;
}

/** Filters by state, with how many clusters each has. They are links: the filter is in the address. */
export function Chips({ counts, state }: ChipsProps) {
  const search = useSearch();
  return (
    <nav aria-label="Clusters by state" className={styles.chips}>
      {chips.map(({ state: one, words, look, tip }) => (
        <Link
          key={one}
          href={addressWith(search, one)}
          className="chip"
          data-tip={tip}
          aria-current={one === state ? 'page' : undefined}
        >
          {look && <LookIcon look={look} />}
          {words} <span className={`count ${styles.count}`}>{counts?.[one].toLocaleString('en-GB')}</span>
        </Link>
      ))}
    </nav>
  );
}

function addressWith(search: string, state: StateFilter): string {
  const parameters = new URLSearchParams(search);
  if (state === 'all') parameters.delete('state');
  else parameters.set('state', state);
  const text = parameters.toString();
  return text ? `/?${text}` : '/';
}
