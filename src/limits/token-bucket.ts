export interface Refill {
  /** Tokens that come back in a second. */
  readonly perSecond: number;
  /** Tokens that a full bucket holds. */
  readonly burst: number;
}

/**
 * A token bucket, kept as the time at which it will be full: it needs no timer, and nothing is done while it is not used.
 * Times are milliseconds of a steady clock. Invariant: it is never in debt by more than one burst.
 */
export class TokenBucket {
  readonly #interval: number;
  readonly #capacity: number;
  #fullAt = 0;

  constructor({ perSecond, burst }: Refill) {
    this.#interval = 1_000 / perSecond;
    this.#capacity = burst * this.#interval;
  }

  /** Takes tokens; more than it can hold cost all it can hold. False, and nothing is taken, when they are not there. */
  take(now: number, tokens = 1): boolean {
    if (this.wait(now, tokens) > 0) return false;
    this.#fullAt = Math.max(this.#fullAt, now) + this.#worth(tokens);
    return true;
  }

  /** Counts what has been used already. */
  charge(now: number, tokens = 1): void {
    this.#fullAt = Math.min(Math.max(this.#fullAt, now) + this.#worth(tokens), now + 2 * this.#capacity);
  }

  /** Milliseconds until so many tokens are there. */
  wait(now: number, tokens = 1): number {
    return Math.max(0, Math.max(this.#fullAt, now) + this.#worth(tokens) - this.#capacity - now);
  }

  isFull(now: number): boolean {
    return this.#fullAt <= now;
  }

  #worth(tokens: number): number {
    return Math.min(tokens * this.#interval, this.#capacity);
  }
}
