/** Milliseconds between two messages that come steadily, and how far ahead of that a burst may be: 100 messages. */
const interval = 10;
const burst = 1_000;

/** How often something may happen on one socket: a token bucket, kept as the time at which the next token is due. */
export class Rate {
  #due = 0;

  /** Takes a token. False when there is none. */
  take(now: number): boolean {
    if (this.wait(now) > 0) return false;
    this.#due = Math.max(this.#due, now - burst) + interval;
    return true;
  }

  /** Counts what has happened already; it may be in debt afterwards, by a second at most. */
  charge(now: number): void {
    this.#due = Math.min(Math.max(this.#due, now - burst) + interval, now + burst);
  }

  /** Milliseconds until there is a token. */
  wait(now: number): number {
    return Math.max(0, this.#due - now);
  }
}
