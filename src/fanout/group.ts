import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Message, Stream } from './stream.js';

/** A reader's end of the line. */
export interface Port {
  /** Whether it can take a message now. When it can again, it calls `Reader.wake`. */
  readonly ready: boolean;
  /** Takes a message that is shared with other ports: it must not be changed. */
  send(body: Buffer): void;
  /** The stream has ended (W7). */
  complete(): void;
  /** The stream cannot go on for this reader. */
  fail(error: unknown): void;
}

export interface Reader {
  /** To be called when the port, having been unready, is ready again. */
  wake(): void;
  close(): void;
}

interface Seat {
  readonly port: Port;
  position: number | null;
  /** It gets a message even if nothing is new: it has had none yet, or was promised one. */
  owed: boolean;
  /** A message is being made for it. */
  busy: boolean;
  open: boolean;
}

/**
 * Readers of one stream who asked the same: what is new is executed and serialised once for all of them who stand at
 * the same position, and its bytes are shared.
 */
export class Group {
  readonly #stream: Stream;
  readonly #render: (payload: object) => Promise<Buffer> | Buffer;
  readonly #onEmpty: () => void;
  readonly #seats = new Set<Seat>();
  readonly #made = new Map<string, Promise<Made>>();
  #version = -1;

  constructor(stream: Stream, render: (payload: object) => Promise<Buffer> | Buffer, onEmpty: () => void) {
    this.#stream = stream;
    this.#render = render;
    this.#onEmpty = onEmpty;
  }

  /** Adds a reader who has seen everything up to `position`, and serves it; at once, even if nothing is new, when `first`. */
  add(port: Port, position: number | null, first: boolean): Reader {
    const seat: Seat = { port, position, owed: first, busy: false, open: true };
    this.#seats.add(seat);
    this.#serve([seat]);
    return { wake: () => this.#serve([seat]), close: () => this.#remove(seat) };
  }

  /** Serves everyone who is ready. */
  flush(): void {
    this.#serve(this.#seats);
  }

  #remove(seat: Seat): void {
    seat.open = false;
    if (this.#seats.delete(seat) && this.#seats.size === 0) this.#onEmpty();
  }

  #serve(seats: Iterable<Seat>): void {
    for (const cohort of this.#cohorts(seats).values()) void this.#deliver(cohort);
  }

  /** Those who can be served now, together where they stand together. */
  #cohorts(seats: Iterable<Seat>): Map<string, [Seat, ...Seat[]]> {
    const cohorts = new Map<string, [Seat, ...Seat[]]>();
    for (const seat of seats) {
      if (!this.#isDue(seat)) continue;
      const key = `${seat.position}${seat.owed ? ' owed' : ''}`;
      const cohort = cohorts.get(key);
      if (cohort) cohort.push(seat);
      else cohorts.set(key, [seat]);
    }
    return cohorts;
  }

  #isDue({ open, busy, port, owed, position }: Seat): boolean {
    if (!open || busy || !port.ready) return false;
    return owed || position === null || position < this.#stream.head || this.#stream.ended;
  }

  async #deliver(cohort: readonly [Seat, ...Seat[]]): Promise<void> {
    for (const seat of cohort) seat.busy = true;
    try {
      const [{ position, owed }] = cohort;
      if (!owed && this.#stream.ended && position !== null && position >= this.#stream.head) {
        for (const seat of cohort) this.#complete(seat);
        return;
      }
      const made = await this.#make(position, owed);
      for (const [index, seat] of cohort.entries()) {
        if (index > 0 && index % portion === 0) await nextTurn();
        this.#hand(seat, made);
      }
    } catch (error) {
      for (const seat of cohort) this.#fail(seat, error);
      return;
    }
    this.#serve(cohort);
  }

  #hand(seat: Seat, { body, position, promising }: Made): void {
    seat.busy = false;
    seat.owed = promising;
    seat.position = position;
    if (body && seat.open) seat.port.send(body);
  }

  #complete(seat: Seat): void {
    this.#remove(seat);
    seat.port.complete();
  }

  /** A reader that cannot be told now stays, and is told when it can be, if the error says that this may change. */
  #fail(seat: Seat, error: unknown): void {
    seat.busy = false;
    if (isPassing(error)) return;
    this.#remove(seat);
    seat.port.fail(error);
  }

  /** Made once for all who stand at the same position, until the stream says that it may have become another. */
  #make(position: number | null, owed: boolean): Promise<Made> {
    if (this.#version !== this.#stream.version || this.#made.size > mostMade) this.#made.clear();
    this.#version = this.#stream.version;
    const key = `${position} ${owed}`;
    const known = this.#made.get(key);
    if (known) return known;
    const made = this.#makeAnew(position, owed);
    this.#made.set(key, made);
    made.catch(() => this.#made.delete(key));
    return made;
  }

  async #makeAnew(position: number | null, owed: boolean): Promise<Made> {
    const message: Message = await this.#stream.next(position, owed);
    return {
      body: message.payload && (await this.#render(message.payload)),
      position: message.position,
      promising: message.promising ?? false,
    };
  }
}

/** Readers served in one turn of the event loop: between two, others are heard, the next commit's answers among them. */
const portion = 128;

/** How many positions' messages are kept for readers yet to come. */
const mostMade = 64;

interface Made {
  readonly body: Buffer | null;
  readonly position: number;
  readonly promising: boolean;
}

const isPassing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE';
