import { Fault, overLimit } from './errors.js';

export interface SharesOptions {
  /** How many may be held at a time, by all. */
  readonly places: number;
  /** How many may wait for one. */
  readonly waiting: number;
  /** Milliseconds that one may wait. */
  readonly timeoutMs: number;
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: (error: Fault) => void;
  /** How much work had been done when it began to wait. */
  readonly done: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Places for work, such as connections to the database, in fair shares: one that becomes free goes to whoever of those
 * who wait holds the fewest. So a single holder may have all of them, and lets others in as soon as its work ends.
 * Invariant: nobody waits while a place is free; those of one holder are served in order.
 */
export class Shares {
  readonly #options: SharesOptions;
  #free: number;
  /** What was rejected does not count: a database that is away answers nobody. */
  #done = 0;
  #size = 0;
  readonly #held = new Map<string, number>();
  /** By holder; whoever was served last stands last. */
  readonly #waiting = new Map<string, Set<Waiting>>();

  constructor(options: SharesOptions) {
    this.#options = options;
    this.#free = options.places;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#size;
  }

  /**
   * Does work once there is a place for it. Rejects with what the work rejects with; with LIMIT_EXCEEDED, to be tried again,
   * when too many wait or the work of others was done meanwhile; with UNAVAILABLE when nobody's was.
   */
  async run<T>(holder: string, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#give(holder);
    else await this.#wait(holder);
    try {
      const result = await work();
      this.#done += 1;
      return result;
    } finally {
      this.#release(holder);
    }
  }

  #give(holder: string): void {
    this.#free -= 1;
    this.#held.set(holder, this.#holds(holder) + 1);
  }

  #release(holder: string): void {
    const held = this.#holds(holder) - 1;
    if (held > 0) this.#held.set(holder, held);
    else this.#held.delete(holder);
    this.#free += 1;
    this.#serveNext();
  }

  #serveNext(): void {
    let next: string | undefined;
    for (const holder of this.#waiting.keys()) {
      if (next === undefined || this.#holds(holder) < this.#holds(next)) next = holder;
    }
    if (next === undefined) return;
    const queue = this.#waiting.get(next) as Set<Waiting>;
    const [first] = queue as Iterable<Waiting> as [Waiting];
    this.#remove(next, first);
    // Behind the others who hold as few.
    if (this.#waiting.delete(next) && queue.size > 0) this.#waiting.set(next, queue);
    clearTimeout(first.timer);
    this.#give(next);
    first.begin();
  }

  #wait(holder: string): Promise<void> {
    const { waiting, timeoutMs } = this.#options;
    if (this.#size >= waiting) {
      const message = `expected at most ${waiting} to wait for a connection to the database, got one more: try again later`;
      return Promise.reject(overLimit(message));
    }
    return new Promise((begin, refuse) => {
      const timer = setTimeout(() => this.#expire(holder, entry), timeoutMs);
      const entry: Waiting = { begin, refuse, done: this.#done, timer };
      this.#waiting.set(holder, (this.#waiting.get(holder) ?? new Set()).add(entry));
      this.#size += 1;
    });
  }

  #expire(holder: string, entry: Waiting): void {
    this.#remove(holder, entry);
    const { timeoutMs } = this.#options;
    entry.refuse(
      entry.done < this.#done
        ? overLimit(
            `expected a connection to the database within ${timeoutMs} ms, got none: others read much, try again later`,
          )
        : new Fault('UNAVAILABLE', `the database cannot be reached: it has answered nobody for ${timeoutMs} ms`),
    );
  }

  #remove(holder: string, entry: Waiting): void {
    const queue = this.#waiting.get(holder);
    if (!queue?.delete(entry)) return;
    if (queue.size === 0) this.#waiting.delete(holder);
    this.#size -= 1;
  }

  #holds(holder: string): number {
    return this.#held.get(holder) ?? 0;
  }
}
