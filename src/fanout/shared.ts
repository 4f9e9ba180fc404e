import { once } from '../domain/once.js';

/** What is shared by all who hold it under one key: loaded once, closed when the last of them lets go. */
export class Shared<F extends { load(): Promise<void>; close(): void }> {
  readonly #held = new Map<string, { feed: F; loaded: Promise<void>; holders: number }>();

  get size(): number {
    return this.#held.size;
  }
  get(key: string): F | undefined {
    return this.#held.get(key)?.feed;
  }
  all(): F[] {
    return [...this.#held.values()].map(({ feed }) => feed);
  }

  async open(key: string, make: () => F): Promise<{ feed: F; release: () => void }> {
    const held = this.#held.get(key) ?? this.#add(key, make());
    held.holders += 1;
    const release = once(() => {
      held.holders -= 1;
      if (held.holders > 0) return;
      if (this.#held.get(key) === held) this.#held.delete(key);
      held.feed.close();
    });
    await releasing(release, () => held.loaded);
    return { feed: held.feed, release };
  }

  close(): void {
    for (const { feed } of this.#held.values()) feed.close();
    this.#held.clear();
  }

  #add(key: string, feed: F) {
    const held = { feed, loaded: feed.load(), holders: 0 };
    held.loaded.catch(() => this.#held.get(key) === held && this.#held.delete(key));
    this.#held.set(key, held);
    return held;
  }
}

/** Does work on what is held, and lets go of it when that fails. */
export async function releasing<T>(release: () => void, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    release();
    throw error;
  }
}
