import type { Offered } from './inbox.js';

/** Milliseconds between two questions when there is nothing further, on the average. */
const every = 2_000;

export interface PollOptions<Data> {
  /** Asks for the next message. Rejects with a StepcastError. */
  readonly ask: () => Promise<Data>;
  readonly onMessage: (data: Data) => Offered;
  /** Asking, or what was answered, failed. Answers how many milliseconds later to ask again; null: not at all. */
  readonly onFault: (fault: unknown) => number | null;
}

/** Asks for one message after the other, where no websocket brings them. Invariant: one question is under way, or waited for, at most. */
export class Poll<Data> {
  readonly #options: PollOptions<Data>;
  #run: object | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PollOptions<Data>) {
    this.#options = options;
  }

  /** Whether it runs, and the last question was answered. */
  isWell = false;

  start(): void {
    if (this.#run) return;
    this.#run = {};
    void this.#ask(this.#run);
  }

  /** What is still to be answered is ignored. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#run = null;
    this.isWell = false;
  }

  async #ask(run: object): Promise<void> {
    const next = await this.#answered(run);
    if (this.#run !== run) return;
    if (next === null) this.stop();
    else this.#timer = setTimeout(() => void this.#ask(run), next);
  }

  /** Milliseconds until the next question; null: there is none. */
  async #answered(run: object): Promise<number | null> {
    try {
      const data = await this.#options.ask();
      if (this.#run !== run) return null;
      this.isWell = true;
      const offered = this.#options.onMessage(data);
      if (offered === 'full') return null;
      return offered === 'more' ? 0 : every * (0.75 + Math.random() / 2);
    } catch (fault) {
      if (this.#run !== run) return null;
      this.isWell = false;
      return this.#options.onFault(fault);
    }
  }
}
