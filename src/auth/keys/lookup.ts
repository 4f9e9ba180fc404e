import { overLimit } from '../../domain/errors.js';
import type { ApiKey, KeyStore } from './api-key.js';

/** Ids in one statement, and callers that may wait for one. */
const mostAtOnce = 500;
const mostWaiting = 5_000;

interface Waiting {
  readonly id: string;
  readonly resolve: (key: ApiKey | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads keys with at most one statement under way: what is asked for meanwhile is read by the next, together. */
export class KeyLookup {
  readonly #store: Pick<KeyStore, 'keys'>;
  #waiting: Waiting[] = [];
  #reading = false;

  constructor(store: Pick<KeyStore, 'keys'>) {
    this.#store = store;
  }

  /** Null when there is none of this id. */
  find(id: string): Promise<ApiKey | null> {
    if (this.#waiting.length >= mostWaiting)
      return Promise.reject(
        overLimit(`expected at most ${mostWaiting} keys to be looked up at once, got one more: try again later`),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject });
      if (!this.#reading) void this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    this.#reading = true;
    while (this.#waiting.length > 0) await this.#read(this.#waiting.splice(0, mostAtOnce));
    this.#reading = false;
  }

  async #read(batch: readonly Waiting[]): Promise<void> {
    try {
      const keys = await this.#store.keys([...new Set(batch.map(({ id }) => id))]);
      const byId = new Map(keys.map((key) => [key.id, key]));
      for (const { id, resolve } of batch) resolve(byId.get(id) ?? null);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
