import { Search } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { errorIdIn, longestErrorId } from './destination.js';
import styles from './errors.module.css';

/** A field for an error id that somebody was told, which leads to what failed. */
export function ErrorLookUp({ initial = '', onDone }: { initial?: string; onDone?: () => void }) {
  const [typed, setTyped] = useState(initial);
  const [, navigate] = useLocation();
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const errorId = errorIdIn(typed);
    if (!errorId) return;
    navigate(`/errors/${encodeURIComponent(errorId)}`);
    onDone?.();
  };
  return (
    <search>
      <form className={styles.form} onSubmit={submit}>
        <label htmlFor={id}>Error id</label>
        <input
          id={id}
          className="field"
          dir="auto"
          autoComplete="off"
          spellCheck={false}
          maxLength={longestErrorId * 2}
          placeholder="as shown with the failure"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <button type="submit" className="button" disabled={!errorIdIn(typed)}>
          <Search size={14} aria-hidden="true" /> Look up
        </button>
      </form>
    </search>
  );
}
