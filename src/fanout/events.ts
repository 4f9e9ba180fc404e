import type { Ref } from '../domain/cluster.js';
import { Fault } from '../domain/errors.js';
import type { Event } from '../domain/event.js';
import type { ReadStore } from '../domain/ports.js';
import { pageLimits } from '../domain/queries.js';
import type { DatabaseClock } from './clock.js';
import { type EventBuffer, type LogPage, textBytes } from './event-buffer.js';
import { beginningAfter, type Position, startingOver } from './position.js';
import type { Message, Stream } from './stream.js';

/** A message of `clusterEvents`. */
export interface EventBatch {
  readonly events: readonly Event[];
  /** The revision up to which the subscriber has seen the log. */
  readonly seen: number;
  /** The history that the revision belongs to. */
  readonly epoch: string;
  /** The log could not be continued from the subscriber's cursor without a hole (W4). */
  readonly reset: boolean;
  /** There may be more already: another message follows at once. */
  readonly more: boolean;
  readonly serverTime: Date;
}

/** Where a subscriber of the log begins: at a position, or with the newest `last`. */
export type LogStart = Position | { readonly last: number };

export interface EventStreamFilter {
  readonly stepId?: string | undefined;
  readonly successful?: boolean | undefined;
}

/** Most events in a page, and the bytes of their texts after which no more are added. */
const page = { events: pageLimits.rows, bytes: pageLimits.bytes };

/** Where a cluster's log is: its newest events in memory, all of them in the store. */
export interface Log {
  readonly ref: Ref;
  readonly epoch: string;
  readonly clock: DatabaseClock;
  readonly head: number;
  readonly version: number;
  readonly ended: boolean;
  readonly events: EventBuffer;
  readonly readStore: Pick<ReadStore, 'eventPage' | 'revisionOfLast'>;
  /** Fills the hole between what is known and what is stored. */
  heal(): Promise<void>;
  /** Called when subscribers could not be served from the store, and why: they are to be served again. */
  retry(error: unknown): void;
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

  next(position: Position, expected: boolean): Message | Promise<Message> {
    return position.seen >= this.#feed.events.from
      ? this.#fromMemory(position, expected)
      : this.#fromStore(position, expected);
  }

  /** The position of a subscriber that begins there. A cursor newer than the log, once that is known for certain, starts over. */
  async begin(start: LogStart): Promise<Position> {
    if ('last' in start) return this.#beginWithLast(start.last);
    if (start.seen > this.head) await this.#feed.heal();
    return start.seen > this.head ? startingOver : start;
  }

  async #beginWithLast(last: number): Promise<Position> {
    const { head, ref, readStore } = this.#feed;
    if (last === 0) return beginningAfter(head);
    const wanted = { clusterId: ref.id, ...this.#filter };
    const first = await readStore.revisionOfLast(ref.tenantId, wanted, last);
    // What was recorded after `head` was known is still to be sent.
    return beginningAfter(first === null ? head : Math.min(first - 1, head));
  }

  #fromMemory({ seen, arrival }: Position, expected: boolean): Message {
    const events = this.#feed.events.after(seen, page.events, page.bytes, this.#isWanted);
    return this.#message(events, this.head, expected, arrival === 'lost');
  }

  async #fromStore(position: Position, expected: boolean): Promise<Message> {
    const { seen, arrival } = position;
    try {
      await this.#feed.events.reachBackTo(seen);
      if (seen >= this.#feed.events.from) return this.#fromMemory(position, expected);
      // What is committed during the read may not be in it: the page goes as far as was known before.
      const { head } = this;
      const { events, erasedThrough } = await readLog(this.#feed, this.#filter, seen);
      const isHole = erasedThrough > 0 && arrival !== 'new';
      return this.#message(events, head, expected, arrival === 'lost' || isHole);
    } catch (error) {
      this.#feed.retry(error);
      throw new Fault('UNAVAILABLE', 'expected a page of the log, got none: it is read again', { cause: error });
    }
  }

  /** A full page ends at its last event, and says that another message follows; a shorter one that there is nothing more up to `head`. */
  #message(events: readonly Event[], head: number, expected: boolean, reset: boolean): Message {
    const last = events.at(-1)?.revision ?? 0;
    const seen = isFull(events) ? last : Math.max(head, last);
    if (events.length === 0 && !expected && !reset) return { payload: null, seen };
    const more = seen < head;
    const { epoch, clock } = this.#feed;
    const payload: EventBatch = { events, seen, epoch, reset, more, serverTime: clock.now() };
    return { payload, seen, more };
  }

  #isWanted = (event: Event) =>
    (this.#filter.stepId === undefined || event.provisionStepId === this.#filter.stepId) &&
    (this.#filter.successful === undefined || event.successful === this.#filter.successful);
}

/** A page of the log as the store has it, deleted clusters included, and whether it ends where the log did. */
export async function readLog(
  { readStore, ref }: Pick<Log, 'readStore' | 'ref'>,
  filter: EventStreamFilter,
  after: number,
): Promise<LogPage> {
  const wanted = { clusterId: ref.id, ...filter, evenDeleted: true };
  const { events, erasedThrough } = await readStore.eventPage(ref.tenantId, wanted, {
    first: page.events,
    bytes: page.bytes,
    after,
  });
  return { events, erasedThrough, complete: !isFull(events) };
}

const isFull = (events: readonly Event[]) =>
  events.length >= page.events || events.reduce((bytes, event) => bytes + textBytes(event), 0) >= page.bytes;
