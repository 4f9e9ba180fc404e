import type { Ref } from '../domain/cluster.js';
import type { Event } from '../domain/event.js';
import type { Library } from '../domain/ports.js';
import type { Past } from './past.js';
import { type Ring, textBytes } from './ring.js';
import type { Message, Stream } from './stream.js';

/** A message of `clusterEvents`. */
export interface EventBatch {
  readonly events: readonly Event[];
  /** The revision up to which the reader has seen the log. */
  readonly position: number;
  /** The log could not be continued from the reader's cursor without a hole (W4). */
  readonly reset: boolean;
  /** There may be more already: another message follows at once. */
  readonly more: boolean;
}

export interface EventStreamFilter {
  readonly stepId?: string | undefined;
  readonly successful?: boolean | undefined;
}

/** The position of a reader whose cursor is newer than the log: it starts over, and is told so. */
export const startOver = -1;

/** Most events in a message, and the bytes of their texts after which no more are added. */
const pageSize = 500;
const pageBytes = 512 * 1024;

/** Where a cluster's log is: its newest events in memory, all of them in the store. */
export interface Log {
  readonly ref: Ref;
  readonly head: number;
  readonly version: number;
  readonly ended: boolean;
  readonly ring: Ring;
  readonly past: Past;
  readonly library: Pick<Library, 'eventPage'>;
  /** Set when readers could not be served from the store and are to be served again. */
  troubled: boolean;
}

/** W4: a cluster's log, every event in order, once. Pages from memory, or from the store where memory does not reach back. */
export class EventStream implements Stream {
  readonly key: string;
  readonly #feed: Log;
  readonly #filter: EventStreamFilter;
  constructor(feed: Log, filter: EventStreamFilter) {
    this.#feed = feed;
    this.#filter = filter;
    this.key = JSON.stringify(['events', filter.stepId, filter.successful]);
  }

  get head() {
    return this.#feed.head;
  }
  get version() {
    return this.#feed.version;
  }
  get ended() {
    return this.#feed.ended;
  }

  next(position: number | null, owed: boolean): Message | Promise<Message> {
    const after = Math.max(position ?? 0, 0);
    const startingOver = position === startOver;
    if (after < this.#feed.ring.from) return this.#fromPast(after, owed, startingOver);
    return this.#fromRing(after, owed, startingOver);
  }

  #fromRing(after: number, owed: boolean, startingOver: boolean): Message {
    const events = this.#feed.ring.after(after, pageSize, pageBytes, this.#wanted);
    return message(events, this.head, owed, startingOver);
  }

  async #fromPast(after: number, owed: boolean, startingOver: boolean): Promise<Message> {
    try {
      await this.#feed.past.reach(after);
      if (after >= this.#feed.ring.from) return this.#fromRing(after, owed, startingOver);
      return await this.#fromStore(after, owed, startingOver);
    } catch (error) {
      this.#feed.troubled = true;
      throw error;
    }
  }

  async #fromStore(after: number, owed: boolean, startingOver: boolean): Promise<Message> {
    const { head, library, ref } = this.#feed;
    const filter = { clusterId: ref.id, ...this.#filter, evenDeleted: true };
    const page = { first: pageSize, bytes: pageBytes, after };
    const { events, erased } = await library.eventPage(ref.tenantId, filter, page);
    // A reader from the beginning has lost nothing it was promised: what was erased before it came is not its log.
    return message(events, head, owed, startingOver || (erased && after > 0));
  }

  #wanted = (event: Event) =>
    (this.#filter.stepId === undefined || event.provisionStepId === this.#filter.stepId) &&
    (this.#filter.successful === undefined || event.successful === this.#filter.successful);
}

/** A full page ends at its last event, and promises another message; a shorter one says that there is nothing more up to `head`. */
function message(events: readonly Event[], head: number, owed: boolean, reset: boolean): Message {
  const last = events.at(-1)?.revision ?? 0;
  const position = isFull(events) ? last : Math.max(head, last);
  if (events.length === 0 && !owed && !reset) return { payload: null, position };
  const more = position < head;
  return { payload: { events, position, reset, more } satisfies EventBatch, position, promising: more };
}

const isFull = (events: readonly Event[]) =>
  events.length >= pageSize || events.reduce((bytes, event) => bytes + textBytes(event), 0) >= pageBytes;
