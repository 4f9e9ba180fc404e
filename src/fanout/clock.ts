/**
 * The database's clock, as near as it is known without asking: what it said last, with a commit of this server or when it
 * was connected to, and what has passed since by a steady clock.
 */
export class DatabaseClock {
  /** Milliseconds between the steady clock's beginning and the epoch of the database's. */
  #offset: number;

  constructor(said: Date) {
    this.#offset = said.getTime() - performance.now();
  }

  /** To be called at once with what the database says. */
  learn(said: Date): void {
    this.#offset = said.getTime() - performance.now();
  }

  now(): Date {
    return new Date(this.#offset + performance.now());
  }
}
