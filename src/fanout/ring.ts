import type { Event } from '../domain/event.js';

/** The newest events of a cluster, in memory: all of those after `from`, and at most `size` of them. */
export class Ring {
  readonly size: number;
  #events: Event[] = [];
  /** Holds every event whose revision is greater. */
  from: number;

  constructor(size: number, from: number) {
    this.size = size;
    this.from = from;
  }

  /** Events in the order of their revisions, newer than all before. */
  push(events: readonly Event[]): void {
    for (const event of events) this.#events.push(event);
    if (this.#events.length > this.size * 2) this.#drop(this.#events.length - this.size);
  }

  /** Puts older events before its own: all of those after `from`. Newer ones that come along are left out. */
  extend(from: number, events: readonly Event[]): void {
    this.#events = [...events.filter(({ revision }) => revision <= this.from), ...this.#events];
    this.from = from;
  }

  /** Forgets everything: what happened up to `from` was not seen. */
  restart(from: number): void {
    this.#events = [];
    this.from = from;
  }

  /** Up to `most` events after a revision that the ring reaches back to. */
  after(revision: number, most: number, wanted: (event: Event) => boolean): Event[] {
    const found: Event[] = [];
    for (let i = this.#indexAfter(revision); i < this.#events.length && found.length < most; i++) {
      const event = this.#events[i] as Event;
      if (wanted(event)) found.push(event);
    }
    return found;
  }

  #drop(count: number): void {
    this.from = this.#events[count - 1]?.revision ?? this.from;
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
