import { Fault } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';

/** The database was replaced by a copy of itself: every stream ends, and may be subscribed to again (W1). */
export class Replaced extends Fault {
  constructor() {
    super('UNAVAILABLE', 'the database was restored from a copy, or another has taken its place: subscribe again');
  }
}

/** Milliseconds between two lines about faults. */
const interval = 1_000;

/**
 * Where the faults of the fan-out end, which no caller waits for. That the database is away, or busy, is no fault: it is
 * asked again. Everything else is a bug: counted, and logged with its cause, a line a second at most.
 */
export class Faults {
  readonly #log: Log;
  #count = 0;
  #silent = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(log: Log) {
    this.#log = log;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  take(error: unknown): void {
    if (error instanceof Fault && error.retryable) return;
    this.#count += 1;
    if (performance.now() - this.#loggedAt < interval) {
      this.#silent += 1;
      return;
    }
    this.#loggedAt = performance.now();
    const more = this.#silent > 0 ? { unloggedBefore: this.#silent } : {};
    this.#log.error({ err: error, ...more }, 'subscribers could not be served by a fault of the server: tried again');
    this.#silent = 0;
  }
}
