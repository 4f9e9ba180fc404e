import type { Event } from '../domain/event.js';

/** Bytes of text that a ring keeps. */
const mostBytes = 8 * 1024 * 1024;

/** Bytes of what an event says at length. */
export const textBytes = ({ eventInfo }: Event) => (eventInfo === null ? 0 : Buffer.byteLength(eventInfo));

const bytesOf = (events: readonly Event[]) => events.reduce((bytes, event) => bytes + textBytes(event), 0);

/** The newest events of a cluster, in memory: all of those after `from`, about `size` of them and so many bytes of text at most. */
export class Ring {
  readonly size: number;
  #events: Event[] = [];
  #bytes = 0;
  /** Holds every event whose revision is greater. */
  from: number;

  constructor(size: number, from: number) {
    this.size = size;
    this.from = from;
  }

  /** Events in the order of their revisions, newer than all before. */
  push(events: readonly Event[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += textBytes(event);
    }
    if (this.#events.length > this.size * 2) this.#drop(this.#events.length - this.size);
    if (this.#bytes > mostBytes * 2) this.#drop(this.#heavy());
  }

  /** Puts older events before its own: all of those after `from`. Newer ones that come along are left out. */
  extend(from: number, events: readonly Event[]): void {
    const older = events.filter(({ revision }) => revision <= this.from);
    this.#events = [...older, ...this.#events];
    this.#bytes += bytesOf(older);
    this.from = from;
  }

  /** Forgets everything: what happened up to `from` was not seen. */
  restart(from: number): void {
    this.#events = [];
    this.#bytes = 0;
    this.from = from;
  }

  /** Up to `most` events after a revision that the ring reaches back to; fewer, once their texts come to `bytes`. */
  after(revision: number, most: number, bytes: number, wanted: (event: Event) => boolean): Event[] {
    const found: Event[] = [];
    let left = bytes;
    for (let i = this.#indexAfter(revision); i < this.#events.length && found.length < most && left > 0; i++) {
      const event = this.#events[i] as Event;
      if (!wanted(event)) continue;
      found.push(event);
      left -= textBytes(event);
    }
    return found;
  }

  /** How many of the oldest to drop, for the others' texts to be few enough. */
  #heavy(): number {
    let bytes = this.#bytes;
    let count = 0;
    while (bytes > mostBytes) bytes -= textBytes(this.#events[count++] as Event);
    return count;
  }

  #drop(count: number): void {
    this.from = this.#events[count - 1]?.revision ?? this.from;
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
