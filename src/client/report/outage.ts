import { isRefusal, StepcastError } from '../errors.js';

export interface OutageOptions {
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  readonly notice: (message: string) => void;
}

interface Moment {
  readonly at: number;
  readonly date: Date;
}

/** Milliseconds: longer than a restart of the server takes. */
const long = 15_000;

/**
 * Tells when the server has been away, or has taken nothing, for long: once, since when, and once that it answers again, with what became of the
 * reports. Called by the outbox with every attempt.
 */
export class Outage {
  readonly #options: OutageOptions;
  #began: Moment | null = null;
  #isTold = false;
  #dropped = 0;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** When an attempt begins: should it fail, the server is away since then. */
  moment(): Moment {
    return { at: this.#options.now(), date: new Date() };
  }

  failed(moment: Moment, error: Error): void {
    this.#began ??= moment;
    const isRefused = isRefusal(error);
    // A server comes back by itself, a token does not.
    if (this.#isTold || (!isRefused && this.#options.now() - this.#began.at < long)) return;
    this.#isTold = true;
    const since = this.#began.date.toISOString();
    const notice = `the server ${stateOf(error)} since ${since}: ${error.message}; what is reported is kept and sent later`;
    this.#options.notice(notice);
  }

  /** There was no room for a report since the server answered last. */
  dropped(): void {
    this.#dropped += 1;
  }

  /** The server has answered, while so many reports and calls were waiting. */
  ended(kept: number): void {
    if (this.#began && this.#isTold) {
      const seconds = Math.round((this.#options.now() - this.#began.at) / 1000);
      const fates = `kept: ${kept} reports and calls; dropped: ${this.#dropped} reports`;
      this.#options.notice(`the server is back after ${seconds} s; ${fates}`);
    }
    this.#began = null;
    this.#isTold = false;
    this.#dropped = 0;
  }
}

function stateOf(error: Error): string {
  if (isRefusal(error)) return 'does not accept the token';
  return error instanceof StepcastError && error.code === 'LIMIT_EXCEEDED' ? 'takes no more' : 'is away';
}
