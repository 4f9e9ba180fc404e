import type { Notice } from '../domain/hint.js';
import type { Hint, Topic } from '../domain/ports.js';

type Listener = (hint: Hint | null) => void;

/** Who listens to what, on this server. */
export class Topics {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Adds a listener; says whether it is the topic's first. */
  add(topic: Topic, listener: Listener): boolean {
    const key = keyOf(topic);
    const listeners = this.#listeners.get(key);
    if (listeners) listeners.add(listener);
    else this.#listeners.set(key, new Set([listener]));
    return listeners === undefined;
  }

  /** Takes a listener away; says whether it was the topic's last. */
  remove(topic: Topic, listener: Listener): boolean {
    const key = keyOf(topic);
    const listeners = this.#listeners.get(key);
    if (!listeners?.delete(listener) || listeners.size > 0) return false;
    return this.#listeners.delete(key);
  }

  /** Tells those who follow a hint's cluster or its tenant; without hints, everyone. */
  take({ hints }: Notice): void {
    if (hints === null) this.tellAll();
    for (const hint of hints ?? []) {
      this.tell(hint, hint);
      this.tell({ tenantId: hint.tenantId, id: null }, hint);
    }
  }

  tell(topic: Topic, hint: Hint | null): void {
    for (const listener of this.#listeners.get(keyOf(topic)) ?? []) listener(hint);
  }

  /** Tells everyone that anything may have changed. */
  tellAll(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener(null);
  }
}

const keyOf = ({ tenantId, id }: Topic) => `${tenantId}/${id ?? ''}`;
