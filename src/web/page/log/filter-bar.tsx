import { Search, X } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import { useParameter } from '../address.js';
import { longestText } from '../live/log/scope.js';
import { shown } from '../ui/text.js';
import type { ScopeName } from './filter.js';
import styles from './log.module.css';

/** Milliseconds after the last character until a text is searched for. */
const pause = 300;

const outcomes = [
  { value: null, label: 'All' },
  { value: 'failed', label: 'Failures' },
  { value: 'succeeded', label: 'Successes' },
] as const;

const scopeNames: Record<ScopeName, string> = {
  step: 'this step',
  operation: 'the whole operation',
  cluster: 'the whole cluster',
};

export interface FilterBarProps {
  readonly scope: ScopeName;
  readonly field: RefObject<HTMLInputElement | null>;
  /** The reader wants to go to the rows. */
  readonly onEnter: () => void;
}

/** Which part of the log is shown, and what is looked for in it: all of it is in the address. */
export function FilterBar({ scope, field, onEnter }: FilterBarProps) {
  const [, setScope] = useParameter('scope');
  const [outcome, setOutcome] = useParameter('outcome');
  return (
    <search className={styles.filters}>
      <SearchField field={field} onEnter={onEnter} />
      <fieldset className={styles.outcomes}>
        <legend className="visually-hidden">Outcome</legend>
        {outcomes.map(({ value, label }) => (
          <button
            key={label}
            type="button"
            className="chip"
            aria-pressed={outcome === value}
            onClick={() => setOutcome(value)}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <label>
        <span className="visually-hidden">Log of</span>
        <select
          className="field"
          value={scope}
          onChange={({ target }) => setScope(target.value === 'step' ? null : target.value)}
        >
          {Object.entries(scopeNames).map(([value, words]) => (
            <option key={value} value={value}>
              Log of {words}
            </option>
          ))}
        </select>
      </label>
      <Condition parameter="nodeGroup" words="node group" />
      <Condition parameter="instanceName" words="instance" />
      <Condition parameter="instance" words="instance id" />
    </search>
  );
}

function SearchField({ field, onEnter }: Pick<FilterBarProps, 'field' | 'onEnter'>) {
  const [searched, setSearched] = useParameter('q');
  const [typed, setTyped] = useState(searched ?? '');
  const [hint, setHint] = useState(false);
  useEffect(() => setTyped(searched ?? ''), [searched]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: typing alone starts it.
  useEffect(() => {
    if (typed === (searched ?? '')) return;
    const timer = setTimeout(() => setSearched(typed, { replace: true }), pause);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    const listen = ({ key, ctrlKey, metaKey }: KeyboardEvent) => {
      if (key.toLowerCase() === 'f' && (ctrlKey || metaKey)) setHint(true);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <div className={styles.search}>
      <Search size={14} aria-hidden="true" />
      <input
        ref={field}
        type="search"
        className="field"
        dir="auto"
        maxLength={longestText}
        value={typed}
        placeholder="Search text, instance, group"
        aria-label="Search the log"
        aria-describedby={hint ? 'log-find-hint' : undefined}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') {
            setSearched(typed, { replace: true });
            onEnter();
          }
          if (key === 'Escape' && typed) setSearched(null, { replace: true });
        }}
      />
      {hint && (
        <p id="log-find-hint" role="status" className={styles.hint}>
          The browser's own search sees only the rows on the screen. Search the whole log here (<kbd>/</kbd>).{' '}
          <button type="button" className="link-button" onClick={() => setHint(false)}>
            Got it
          </button>
        </p>
      )}
    </div>
  );
}

/** A condition that was chosen in the panel, and how to be rid of it. */
function Condition({ parameter, words }: { parameter: 'nodeGroup' | 'instance' | 'instanceName'; words: string }) {
  const [value, setValue] = useParameter(parameter);
  if (value === null) return null;
  return (
    <button
      type="button"
      className={`chip ${styles.condition}`}
      aria-pressed="true"
      aria-label={`Only ${words} ${value}: remove`}
      onClick={() => setValue(null)}
    >
      {words}{' '}
      <b dir="auto" className={styles.value}>
        {shown(value)}
      </b>
      <X size={12} aria-hidden="true" />
    </button>
  );
}
