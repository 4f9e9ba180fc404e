import { useEffect, useRef } from 'react';
import { Store } from '../live/store.js';
import { KeyReader } from './key-reader.js';
import { letterKeys } from './settings.js';

/** What a key does; answering false, it leaves the key to who registered it earlier, or to the browser. */
export type Action = () => unknown;

interface Entry {
  readonly keys: readonly string[];
  readonly words: string;
  readonly run: (keys: string) => unknown;
}

/** What keys do now, in the order of registration. Whoever came last is asked first. */
export const keyEntries = new Store<readonly Entry[]>([], { immediate: true });

/** Where letters are typed, or keys have a meaning of their own. */
const typing = 'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true]';
const operable = 'a[href], button, summary, input, select, [role=tab]';

/**
 * Keys, by `KeyboardEvent.key`, or two in a row with a space between (`g l`), while the component is there. `words` say in the
 * list of keys what they do. They are ignored with a modifier, where text is typed, and behind a modal dialog; those that
 * write a character also when the viewer has switched them off.
 */
export function useKeys(actions: Readonly<Record<string, Action>>, words: string): void {
  const newest = useRef(actions);
  newest.current = actions;
  const names = Object.keys(actions).join('\n');
  useEffect(() => {
    const entry: Entry = { keys: names.split('\n'), words, run: (keys) => newest.current[keys]?.() };
    keyEntries.set([...keyEntries.value, entry]);
    return () => keyEntries.set(keyEntries.value.filter((other) => other !== entry));
  }, [names, words]);
}

const writes = (key: string) => [...key].length === 1 && key !== ' ';

const reader = new KeyReader();

function press(event: KeyboardEvent): void {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!(target instanceof Element) || (target.matches(typing) && key !== 'Escape')) return;
  if ((key === 'Enter' || key === ' ') && target.closest(operable)) return;
  if (writes(key) && letterKeys.value === 'off') return;
  const modal = document.querySelector('dialog:modal');
  if (modal && (key !== 'Escape' || !modal.contains(target))) return;
  for (const name of reader.read(key, event.timeStamp)) {
    for (const entry of keyEntries.value.toReversed()) {
      if (!entry.keys.includes(name) || entry.run(name) === false) continue;
      reader.forget();
      event.preventDefault();
      return;
    }
  }
}

/** Listens to keys from now on. */
export const listenToKeys = (): void => document.addEventListener('keydown', press);
