import type { Event } from 'stepcast/client';

/** Consecutive events, as they were received, with the cursors that lead on from them. */
export interface Part {
  readonly events: readonly Event[];
  /**
   * Events before this cursor are those that are older, except that it may lead into the part itself: those are known. Null:
   * nothing is older.
   */
  readonly before: string | null;
  /** Events after this cursor are those that are newer. Null: from the beginning of the log. */
  readonly after: string | null;
}

/**
 * A stretch of a log without gaps. Invariants: `parts` follow one another in the log; no event is in two of them; at most
 * `most` events are held, or one part more than that. `base` is the number of the first row: rows that are put before
 * it or dropped there change it, so that a row keeps its number as long as it is held.
 */
export class LogRows {
  readonly #most: number;
  readonly #ids = new Set<string>();
  #parts: Part[] = [];
  #rows: readonly Event[] | null = [];
  #base = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get base(): number {
    return this.#base;
  }
  get before(): string | null {
    return this.#parts[0]?.before ?? null;
  }
  get after(): string | null {
    return this.#parts.at(-1)?.after ?? null;
  }
  get size(): number {
    return this.#ids.size;
  }

  /** Oldest first. The same array as long as nothing has changed. */
  get rows(): readonly Event[] {
    this.#rows ??= this.#parts.flatMap(({ events }) => events);
    return this.#rows;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Puts older events before those that are held. Answers how many were new. */
  prepend(part: Part): number {
    const added = this.#add(part);
    const [first] = this.#parts;
    if (first && added.events.length === 0) this.#parts[0] = { ...first, before: part.before };
    else this.#parts.unshift(added);
    this.#base -= added.events.length;
    return added.events.length;
  }

  /** Puts newer events after those that are held. Answers how many were new. */
  append(part: Part): number {
    const added = this.#add(part);
    const last = this.#parts.at(-1);
    const events = [...(last?.events ?? []), ...added.events];
    // A slow log comes event by event: small parts become one, as long as it is small itself.
    const isJoined = added.events.length === 0 || (last && last.events.length > 0 && events.length <= smallest);
    if (last && isJoined) this.#parts[this.#parts.length - 1] = { events, before: last.before, after: part.after };
    else this.#parts.push(added);
    return added.events.length;
  }

  /** Lets go of what is too much, at that end. Answers how many events were dropped. */
  trim(end: 'oldest' | 'newest'): number {
    let dropped = 0;
    while (this.#ids.size > this.#most && this.#parts.length > 1) {
      const part = end === 'oldest' ? this.#parts.shift() : this.#parts.pop();
      for (const { id } of part?.events ?? []) this.#ids.delete(id);
      dropped += part?.events.length ?? 0;
    }
    if (dropped === 0) return 0;
    if (end === 'oldest') this.#base += dropped;
    this.#rows = null;
    return dropped;
  }

  #add(part: Part): Part {
    const events = part.events.filter(({ id }) => !this.#ids.has(id));
    for (const { id } of events) this.#ids.add(id);
    if (events.length > 0) this.#rows = null;
    return { ...part, events };
  }
}

/** Events of a part below which the next ones are put to it. */
const smallest = 50;
