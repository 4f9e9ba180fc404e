import type { StepcastError } from 'stepcast/client';
import { Store } from './store.js';

/** The last answer to a query, and why the one after it failed. Both null: none has come yet. */
export interface Answered<Answer> {
  readonly answer: Answer | null;
  readonly fault: StepcastError | null;
}

/**
 * A query that is made when it is opened and whenever `again` is called. Invariant: never two at a time, and `pause` ms from
 * an answer to the next query, however often it is asked for; the last answer stays until the next one has come.
 */
export class Reading<Answer> {
  readonly store = new Store<Answered<Answer>>({ answer: null, fault: null });
  readonly #query: () => Promise<Answer>;
  readonly #pause: () => number;
  #state: 'idle' | 'reading' | 'pausing' | 'closed' = 'idle';
  #wanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(query: () => Promise<Answer>, pause = () => 2_000) {
    this.#query = query;
    this.#pause = pause;
    void this.#read();
  }

  again(): void {
    this.#wanted = true;
    if (this.#state === 'idle') void this.#read();
  }

  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    this.#state = 'reading';
    this.#wanted = false;
    try {
      const answer = await this.#query();
      if (!this.#isClosed()) this.store.set({ answer, fault: null });
    } catch (error) {
      const fault = error as StepcastError;
      if (fault.retryable) this.#wanted = true;
      if (!this.#isClosed()) this.store.set({ ...this.store.value, fault });
    }
    if (this.#isClosed()) return;
    this.#state = 'pausing';
    this.#timer = setTimeout(() => {
      this.#state = 'idle';
      if (this.#wanted) void this.#read();
    }, this.#pause());
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
