import type { Log } from '../../domain/ports.js';
import type { KeyStore } from './api-key.js';

/** Milliseconds: no key's last use is written more often. */
const everyMs = 60_000;

/** Notes when keys were used, once a minute for all of them, never while a request waits. */
export class LastUsed {
  readonly #store: Pick<KeyStore, 'keysUsed'>;
  readonly #log: Log;
  #uses = new Map<string, Date>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<KeyStore, 'keysUsed'>, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  note(id: string, at: Date): void {
    this.#uses.set(id, at);
    this.#timer ??= setTimeout(() => void this.#write(), everyMs).unref();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  /** Never rejects: it is worth no more than a line in the log. */
  async #write(): Promise<void> {
    const uses = this.#uses;
    this.#uses = new Map();
    this.#timer = undefined;
    if (uses.size === 0) return;
    await this.#store.keysUsed(uses).catch((error) => {
      this.#log.warn({ err: error }, 'when API keys were last used could not be written');
    });
  }
}
