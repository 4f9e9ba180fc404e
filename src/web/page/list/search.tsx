import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../ui/keys.js';
import styles from './list-view.module.css';

/** Milliseconds after the last key before it is asked for. */
const rest = 200;

export interface SearchProps {
  /** As the address has it. */
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Escape was pressed and there is no text to clear; answers false if there was nothing else to clear. */
  readonly onEscape: () => unknown;
}

/** A part of a name, or an id, that clusters are looked for by. */
export function Search({ text, onText, onEscape }: SearchProps) {
  const [typed, setTyped] = useState(text);
  const input = useRef<HTMLInputElement>(null);
  const asked = useRef(text);

  // The address was changed by something else than typing, such as the back button.
  useEffect(() => {
    if (text === asked.current) return;
    asked.current = text;
    setTyped(text);
  }, [text]);

  useEffect(() => {
    if (typed.trim() === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = typed.trim();
      onText(asked.current);
    }, rest);
    return () => clearTimeout(timer);
  }, [typed, onText]);

  const focus = () => {
    input.current?.focus();
    input.current?.select();
  };
  useKeys({ '/': focus }, 'search for clusters');
  const clear = () => (typed === '' ? onEscape() : setTyped(''));
  useKeys({ Escape: clear }, 'clear the search, then the filter');

  return (
    <search className={styles.search}>
      <input
        ref={input}
        className="field"
        type="search"
        aria-label="Search by name or id"
        placeholder="Search by name or id"
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </search>
  );
}
