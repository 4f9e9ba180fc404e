import { useCallback, useSyncExternalStore } from 'react';
import { type Framed, frames } from './frames.js';

/**
 * A value that lives outside React. Invariant: `shown` is the value as of the last frame, which is what readers see; `value`
 * is the newest. A store that is made `immediate` (what the viewer does, such as choosing a theme) is shown at once.
 */
export class Store<State> implements Framed {
  readonly #listeners = new Set<() => void>();
  readonly #immediate: boolean;
  #value: State;
  #shown: State;

  constructor(initial: State, { immediate = false } = {}) {
    this.#value = initial;
    this.#shown = initial;
    this.#immediate = immediate;
  }

  get value(): State {
    return this.#value;
  }
  get shown(): State {
    return this.#shown;
  }

  set(value: State): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    if (this.#immediate) this.flush();
    else frames.request(this);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  flush(): void {
    if (Object.is(this.#shown, this.#value)) return;
    this.#shown = this.#value;
    for (const listener of this.#listeners) listener();
  }
}

/**
 * A slice of a store. The component renders again when the slice is another one by `Object.is`: `select` gives a part of the
 * state, or a primitive, never an object made anew.
 */
export function useStore<State>(store: Store<State>): State;
export function useStore<State, Slice>(store: Store<State>, select: (state: State) => Slice): Slice;
export function useStore<State>(store: Store<State>, select: (state: State) => unknown = (state) => state): unknown {
  const snapshot = useCallback(() => select(store.shown), [store, select]);
  return useSyncExternalStore(store.subscribe, snapshot);
}
