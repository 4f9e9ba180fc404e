import type { ErrorGroup } from 'stepcast/client';
import { client } from './client.js';
import { Store } from './store.js';

/** Milliseconds between readings, however fast failures come in. */
const interval = 5_000;

/** Why units of an operation failed, read again as failures come in. What cannot be read is read at the next change. */
export class LiveCauses {
  readonly store = new Store<readonly ErrorGroup[]>([]);
  readonly #operationId: string;
  #known = '';
  #wanted = '';
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(operationId: string) {
    this.#operationId = operationId;
  }

  /** Says how things stand: another text than before means that causes may have changed. */
  changed(state: string): void {
    this.#wanted = state;
    if (this.#timer === null && this.#wanted !== this.#known) this.#next(0);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wanted = this.#known;
  }

  #next(delay: number): void {
    this.#timer = setTimeout(() => void this.#read(), delay);
  }

  async #read(): Promise<void> {
    const state = this.#wanted;
    const groups = await client.operationErrorGroups(this.#operationId, 20).catch(() => null);
    this.#known = state;
    if (groups) this.store.set(groups);
    if (this.#timer === null) return;
    this.#timer = null;
    if (this.#wanted !== this.#known) this.#next(interval);
  }
}
