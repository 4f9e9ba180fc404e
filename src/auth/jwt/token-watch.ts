import { Fault } from '../../domain/errors.js';
import type { KeySet } from './key-set.js';

interface Watched {
  readonly token: string;
  readonly ended: () => void;
}

/**
 * Tells who was let in by a token that its key has left the issuer's set. `verify` is asked again for every token that is
 * watched whenever the keys have changed.
 */
export class TokenWatch {
  readonly #keys: KeySet;
  readonly #verify: (token: string) => Promise<unknown>;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(keys: KeySet, verify: (token: string) => Promise<unknown>) {
    this.#keys = keys;
    this.#verify = verify;
    keys.onChange(() => void this.#verifyAll());
  }

  watch(token: string, ended: () => void): () => void {
    const entry = { token, ended };
    this.#watched.add(entry);
    this.#timer ??= this.#later();
    return () => void this.#watched.delete(entry);
  }

  close(): void {
    this.#watched.clear();
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#keys.refresh();
    this.#timer = this.#watched.size === 0 ? undefined : this.#later();
  }

  /** As often as they are to be read, though nobody else may have them read. */
  #later(): NodeJS.Timeout {
    return setTimeout(() => this.#look(), this.#keys.maxAgeMs).unref();
  }

  /** One after the other, so that other work has its turn. */
  async #verifyAll(): Promise<void> {
    for (const entry of [...this.#watched]) {
      const isRefused = await this.#verify(entry.token).then(
        () => false,
        (error) => error instanceof Fault && error.code === 'UNAUTHENTICATED',
      );
      if (isRefused && this.#watched.delete(entry)) entry.ended();
    }
  }
}
