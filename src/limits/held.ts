export interface Forgettable {
  /** Whether it says no more than a new one would. */
  readonly idle: boolean;
}

/** Looked through only when there are so many, and never more than this. */
const few = 1_000;
const most = 50_000;

/**
 * What is known of callers or addresses, by key: made when it is first asked for, forgotten when it is idle. Invariant: it holds
 * a bounded number; were all of these in use, the oldest are forgotten, whose limits then begin anew.
 */
export class Held<T extends Forgettable> {
  readonly #create: () => T;
  readonly #items = new Map<string, T>();
  #enough = few;

  constructor(create: () => T) {
    this.#create = create;
  }

  get size(): number {
    return this.#items.size;
  }

  get(key: string): T {
    const known = this.#items.get(key);
    if (known) return known;
    if (this.#items.size >= this.#enough) this.#sweep();
    const made = this.#create();
    this.#items.set(key, made);
    return made;
  }

  #sweep(): void {
    for (const [key, item] of this.#items) if (item.idle) this.#items.delete(key);
    // A tenth of them at once, so that not each new one costs a look at all.
    if (this.#items.size >= most) {
      const excess = this.#items.size - 0.9 * most;
      for (const key of [...this.#items.keys()].slice(0, excess)) this.#items.delete(key);
    }
    this.#enough = Math.min(most, Math.max(few, 2 * this.#items.size));
  }
}
