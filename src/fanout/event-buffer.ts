import type { Event } from '../domain/event.js';

/** A page of the log as the store read it at one moment: the events after a revision, the oldest first. */
export interface LogPage {
  readonly events: readonly Event[];
  /** Whether these were all there were; otherwise there may be more after the last. */
  readonly complete: boolean;
  /** The newest revision among erased events, if it is after that revision; else 0. */
  readonly erasedThrough: number;
}

export interface EventBufferOptions {
  /** How many events to keep, and how many bytes of their texts; up to three times as much is held. */
  readonly events: number;
  readonly bytes: number;
  /** Reads the page of the log behind a revision. It must be bounded, in events and in bytes. */
  readonly readPage: (after: number) => Promise<LogPage>;
}

/** Bytes of what an event says at length. */
export const textBytes = ({ eventInfo }: Event) => (eventInfo === null ? 0 : Buffer.byteLength(eventInfo));

const bytesOf = (events: readonly Event[]) => events.reduce((bytes, event) => bytes + textBytes(event), 0);

/**
 * The newest events of a cluster, in memory. Invariant: of all events recorded up to the last one pushed (or the last
 * `restart`), it holds each whose revision is greater than `from`, in order, once, as the store has it. The feed pushes what
 * is committed, withdraws what a commit withdraws (O7), and restarts it where it missed something. Readers who are behind
 * `from` ask for a backfill: one pass over the log for all who wait, that holds no more than is to be kept, and is joined
 * only where it provably meets what is held by then, and nothing was withdrawn or missed meanwhile.
 */
export class EventBuffer {
  readonly #options: EventBufferOptions;
  #events: Event[] = [];
  #bytes = 0;
  #from: number;
  /** Up to here it cannot reach back: events after these revisions were erased, or are too many to hold. */
  #unreachable = -1;
  /** The revisions that are waited for, each only for as long as somebody waits for it. */
  readonly #wishes = new Set<{ readonly revision: number }>();
  /** Grows when events may have changed: a page that was read before does not show it. */
  #revised = 0;
  #backfill: Promise<void> | null = null;

  constructor(from: number, options: EventBufferOptions) {
    this.#from = from;
    this.#options = options;
  }

  /** Holds every event whose revision is greater. */
  get from(): number {
    return this.#from;
  }
  /** Bytes of text that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Events in the order of their revisions, newer than all before. */
  push(events: readonly Event[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += textBytes(event);
    }
    this.#trim();
  }

  /** Forgets everything: what happened up to `from` was not seen. */
  restart(from: number): void {
    this.#events = [];
    this.#bytes = 0;
    this.#from = from;
    this.#revised += 1;
  }

  /** O7: events that are held, or are being read, were marked as withdrawn. */
  withdraw(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const isWithdrawn = new Set(ids);
    this.#events = this.#events.map((event) => (isWithdrawn.has(event.id) ? { ...event, withdrawn: true } : event));
    this.#revised += 1;
  }

  /** Up to `most` events after a revision that is reached back to; fewer, once their texts come to `bytes`. */
  after(revision: number, most: number, bytes: number, isWanted: (event: Event) => boolean): Event[] {
    if (revision < this.#from) throw new RangeError(`expected a revision from ${this.#from} on, got ${revision}`);
    const found: Event[] = [];
    let left = bytes;
    for (let i = this.#indexAfter(revision); i < this.#events.length && found.length < most && left > 0; i++) {
      const event = this.#events[i] as Event;
      if (!isWanted(event)) continue;
      found.push(event);
      left -= textBytes(event);
    }
    return found;
  }

  /**
   * Reads older events into the buffer so that it reaches back to a revision, unless that is too far, or events after it
   * were erased. Whoever it does not reach after two reads (the first may have begun before) pages from the store: what is
   * held may move on faster than it can be met. Rejects as the store does.
   */
  async reachBackTo(revision: number): Promise<void> {
    const wish = { revision };
    this.#wishes.add(wish);
    try {
      for (let read = 0; read < 2 && this.#canReach(revision); read += 1) {
        this.#backfill ??= this.#readBack().finally(() => {
          this.#backfill = null;
        });
        await this.#backfill;
      }
    } finally {
      this.#wishes.delete(wish);
    }
  }

  #canReach(revision: number): boolean {
    return revision < this.#from && this.#from - revision <= this.#options.events && revision > this.#unreachable;
  }

  /** Reads on from the oldest revision that is waited for until the pages meet what was held at the beginning. */
  async #readBack(): Promise<void> {
    const goal = this.#from;
    const revised = this.#revised;
    const revisions = [...this.#wishes].map(({ revision }) => revision).filter((revision) => this.#canReach(revision));
    const oldest = Math.min(...revisions);
    const found = new Window(oldest, this.#options);
    while (found.through < goal) {
      // Whatever was committed by now is in a complete page; what the buffer is told of during the read may not be.
      const known = this.#from;
      const { events, complete, erasedThrough } = await this.#options.readPage(found.through);
      if (this.#revised !== revised) return;
      if (erasedThrough > found.from) {
        this.#unreachable = Math.max(this.#unreachable, erasedThrough - 1);
        return;
      }
      found.add(events, complete ? known : 0);
    }
    if (found.from > oldest) this.#unreachable = Math.max(this.#unreachable, found.from - 1);
    // What is held has moved on over what the pages do not have: then there is a gap.
    if (found.through >= this.#from) this.#prepend(found);
  }

  #prepend({ from, events }: Window): void {
    if (from >= this.#from) return;
    const older = events.filter(({ revision }) => revision <= this.#from);
    this.#events = [...older, ...this.#events];
    this.#bytes += bytesOf(older);
    this.#from = from;
  }

  /** Drops the oldest once there are twice as many as are to be kept. */
  #trim(): void {
    const { events, bytes } = this.#options;
    if (this.#events.length > events * 2) this.#drop(this.#events.length - events);
    if (this.#bytes > bytes * 2) this.#drop(this.#countToFit(bytes));
  }

  /** How many of the oldest to drop, for the others' texts to fit. */
  #countToFit(most: number): number {
    let bytes = this.#bytes;
    let count = 0;
    while (bytes > most) bytes -= textBytes(this.#events[count++] as Event);
    return count;
  }

  #drop(count: number): void {
    this.#from = this.#events[count - 1]?.revision ?? this.#from;
    this.#bytes -= bytesOf(this.#events.slice(0, count));
    this.#events = this.#events.slice(count);
  }

  #indexAfter(revision: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle] as Event).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Consecutive events of the log: all in (from, through], the newest that fit. */
class Window {
  readonly #limits: Pick<EventBufferOptions, 'events' | 'bytes'>;
  readonly events: Event[] = [];
  #bytes = 0;
  from: number;
  through: number;

  constructor(from: number, limits: Pick<EventBufferOptions, 'events' | 'bytes'>) {
    this.from = from;
    this.through = from;
    this.#limits = limits;
  }

  /** Adds what comes next, and drops the oldest of what is too much. `through`: a revision up to which nothing is missing. */
  add(events: readonly Event[], through: number): void {
    this.events.push(...events);
    this.#bytes += bytesOf(events);
    this.through = Math.max(this.through, events.at(-1)?.revision ?? 0, through);
    let count = 0;
    while (this.events.length - count > this.#limits.events || this.#bytes > this.#limits.bytes) {
      this.#bytes -= textBytes(this.events[count++] as Event);
    }
    this.from = this.events[count - 1]?.revision ?? this.from;
    this.events.splice(0, count);
  }
}
