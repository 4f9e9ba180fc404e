import type { Ref } from '../domain/cluster.js';
import type { Library } from '../domain/ports.js';
import type { Ring } from './ring.js';

/**
 * The way from a ring back into the store. When thousands of readers return at once, each from its own place in the
 * log, one read brings what all of them missed into the ring, and there they find it.
 */
export class Past {
  readonly #ring: Ring;
  readonly #library: Library;
  readonly #ref: Ref;
  /** The oldest revision that somebody waits for. */
  #wanted = Number.POSITIVE_INFINITY;
  /** The newest revision after which events are known to have been erased: the ring must not pretend to have them. */
  #erased = -1;
  #reading: Promise<void> | null = null;

  constructor(ring: Ring, library: Library, ref: Ref) {
    this.#ring = ring;
    this.#library = library;
    this.#ref = ref;
  }

  /** Has the ring reach back to `after`, unless that is too far, or events after it were erased. */
  async reach(after: number): Promise<void> {
    if (!this.#isReachable(after)) return;
    this.#wanted = Math.min(this.#wanted, after);
    // One that has begun may not go back far enough; the next is for all who wait by then.
    if (this.#reading) await this.#reading;
    if (!this.#isReachable(after)) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  #isReachable(after: number): boolean {
    const { from, size } = this.#ring;
    return after < from && from - after <= size && after > this.#erased;
  }

  async #read(): Promise<void> {
    const after = this.#wanted;
    this.#wanted = Number.POSITIVE_INFINITY;
    const { from, size } = this.#ring;
    const filter = { clusterId: this.#ref.id, evenDeleted: true };
    const { events, erased } = await this.#library.eventPage(this.#ref.tenantId, filter, { first: size, after });
    if (erased) this.#erased = Math.max(this.#erased, after);
    // A ring that has moved on meanwhile may have left events behind which this page does not have.
    else if (this.#ring.from === from) this.#ring.extend(after, events);
  }
}
