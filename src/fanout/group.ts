import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '../domain/errors.js';
import { inTurn } from '../domain/turns.js';
import { Overrun } from './changes.js';
import type { Faults } from './faults.js';
import { type FanoutMeter, unmetered } from './meter.js';
import { type Position, textOf } from './position.js';
import type { RenderedMessages } from './rendered.js';
import type { Message, Stream } from './stream.js';

/** Where a subscriber's messages go. */
export interface Sink {
  /** Whether it can take a message now. When it can again, it calls `Subscription.wake`. */
  readonly ready: boolean;
  /**
   * Takes a message that is shared with other sinks: it must not be changed. False: it was not taken, for the sink is no
   * longer ready.
   */
  send(body: Buffer): boolean;
  /** The stream has ended (W7). */
  complete(): void;
  /** The stream cannot go on for this subscriber. */
  fail(error: unknown): void;
}

export interface Subscription {
  /** To be called when the sink, having been unready, is ready again. */
  wake(): void;
  close(): void;
}

/** Makes of a payload the bytes that all subscribers of a group get. */
export type Render = (payload: object) => Promise<Buffer> | Buffer;

interface Subscriber {
  readonly sink: Sink;
  position: Position;
  /** It gets a message even if nothing is new: it has had none yet, or was told that one follows. */
  expecting: boolean;
  /** A message is being rendered for it. */
  busy: boolean;
  open: boolean;
}

export interface GroupOptions {
  readonly rendered: RenderedMessages;
  /** Where errors of the sinks end. */
  readonly faults: Faults;
  readonly meter?: FanoutMeter;
  /** What the stream's newest change is traced back to. */
  readonly origin?: () => unknown;
  /** Called when the last subscriber has left. */
  readonly onEmpty: () => void;
}

interface Rendered {
  readonly body: Buffer | null;
  readonly seen: number;
  readonly more: boolean;
}

/** Subscribers served in one turn of the event loop: between two, others are heard, the next commit's answers among them. */
const portion = 128;

let groups = 0;

/**
 * Subscribers of one stream who asked the same: what is new is executed and serialised once for all of them who stand at
 * the same position, and its bytes are shared. Invariant: a subscriber is given one message at a time, and what it is
 * given next begins where the last one ended. Called by its feed (`flush`) when something is new, and by sinks (`wake`).
 */
export class Group {
  readonly #stream: Stream;
  readonly #render: Render;
  readonly #options: GroupOptions;
  readonly #meter: FanoutMeter;
  readonly #rendered: RenderedMessages<Rendered>;
  readonly #name = `${++groups}`;
  readonly #subscribers = new Set<Subscriber>();
  /** Messages that are being rendered, for all who come to want the same meanwhile. */
  readonly #rendering = new Map<string, Promise<Rendered>>();

  constructor(stream: Stream, render: Render, options: GroupOptions) {
    this.#stream = stream;
    this.#render = render;
    this.#options = options;
    this.#meter = options.meter ?? unmetered;
    this.#rendered = options.rendered as RenderedMessages<Rendered>;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  /** Adds one who stands at `position`, and serves it; at once, even if nothing is new, when `first`. */
  add(sink: Sink, position: Position, first: boolean): Subscription {
    const subscriber: Subscriber = { sink, position, expecting: first, busy: false, open: true };
    this.#subscribers.add(subscriber);
    this.#serve([subscriber]);
    return { wake: () => this.#serve([subscriber]), close: () => this.#remove(subscriber) };
  }

  /** Serves everyone who is ready. */
  flush(): void {
    this.#serve(this.#subscribers);
  }

  /** Ends every subscription with an error. */
  end(error: unknown): void {
    for (const subscriber of this.#subscribers) {
      this.#remove(subscriber);
      this.#alone(subscriber, () => subscriber.sink.fail(error));
    }
  }

  #remove(subscriber: Subscriber): void {
    subscriber.open = false;
    if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#options.onEmpty();
  }

  #serve(subscribers: Iterable<Subscriber>): void {
    for (const cohort of this.#cohorts(subscribers).values()) void this.#deliver(cohort);
  }

  /** Those who can be served now, together where they stand together. */
  #cohorts(subscribers: Iterable<Subscriber>): Map<string, [Subscriber, ...Subscriber[]]> {
    const cohorts = new Map<string, [Subscriber, ...Subscriber[]]>();
    for (const subscriber of subscribers) {
      let due = false;
      this.#alone(subscriber, () => {
        due = this.#isDue(subscriber);
      });
      if (!due) continue;
      const key = keyOf(subscriber);
      const cohort = cohorts.get(key);
      if (cohort) cohort.push(subscriber);
      else cohorts.set(key, [subscriber]);
    }
    return cohorts;
  }

  #isDue({ open, busy, sink, expecting, position }: Subscriber): boolean {
    if (!open || busy || !sink.ready) return false;
    return expecting || position.seen < this.#stream.head || this.#stream.ended;
  }

  async #deliver(cohort: readonly [Subscriber, ...Subscriber[]]): Promise<void> {
    for (const subscriber of cohort) subscriber.busy = true;
    try {
      const [{ position, expecting }] = cohort;
      if (!expecting && this.#stream.ended && position.seen >= this.#stream.head) {
        for (const subscriber of cohort) this.#alone(subscriber, () => this.#complete(subscriber));
        return;
      }
      const origin = this.#originOf(expecting);
      const rendered = await this.#message(position, expecting);
      await this.#meter.send(origin, rendered.body ? cohort.length : 0, () => this.#sendAll(cohort, rendered));
    } catch (error) {
      for (const subscriber of cohort) this.#alone(subscriber, () => this.#fail(subscriber, error));
      return;
    }
    this.#serve(cohort);
  }

  async #sendAll(cohort: readonly Subscriber[], rendered: Rendered): Promise<void> {
    for (const [index, subscriber] of cohort.entries()) {
      if (index > 0 && index % portion === 0) await nextTurn();
      this.#alone(subscriber, () => this.#send(subscriber, rendered));
    }
  }

  /** A first message is no commit's. */
  #originOf = (expecting: boolean) => (expecting ? undefined : this.#options.origin?.());

  /** What a sink throws is no other subscriber's fault: it alone fails, or is let go of if it throws at that as well. */
  #alone(subscriber: Subscriber, deliver: () => void): void {
    try {
      deliver();
    } catch (error) {
      this.#options.faults.take(error);
      const { open } = subscriber;
      this.#remove(subscriber);
      if (open) this.#alone(subscriber, () => subscriber.sink.fail(error));
    }
  }

  #send(subscriber: Subscriber, { body, seen, more }: Rendered): void {
    subscriber.busy = false;
    // One that could not take it stays where it is, and gets what is newest when it can.
    if (body && subscriber.open && !subscriber.sink.send(body)) return;
    subscriber.expecting = more;
    subscriber.position = { seen };
  }

  #complete(subscriber: Subscriber): void {
    this.#remove(subscriber);
    subscriber.sink.complete();
  }

  /** A subscriber that cannot be served now stays, and is served when it can be, if the error says that this may change. */
  #fail(subscriber: Subscriber, error: unknown): void {
    subscriber.busy = false;
    if (isPassing(error) || !subscriber.open) return;
    this.#remove(subscriber);
    subscriber.sink.fail(error);
  }

  /** Rendered once for all who stand at the same position, as long as the stream's answer is the same. */
  #message(position: Position, expecting: boolean): Promise<Rendered> | Rendered {
    const key = `${this.#name} ${this.#stream.version} ${keyOf({ position, expecting })}`;
    const known = this.#rendered.get(key) ?? this.#rendering.get(key);
    if (known) return known;
    const rendering = this.#next(position, expecting)
      .then((rendered) => {
        // Those who come later came to a subscription: they stand where subscriptions begin.
        if (expecting) this.#rendered.keep(key, rendered);
        return rendered;
      })
      .finally(() => this.#rendering.delete(key));
    this.#rendering.set(key, rendering);
    return rendering;
  }

  async #next(position: Position, expecting: boolean): Promise<Rendered> {
    const origin = this.#originOf(expecting);
    const { payload, seen, more = false }: Message = await this.#stream.next(position, expecting);
    if (!payload) return { body: null, seen, more };
    const render = async () => inTurn(() => this.#render(payload));
    return { body: await this.#meter.render(origin, this.#stream.key, render), seen, more };
  }
}

const keyOf = ({ position, expecting }: Pick<Subscriber, 'position' | 'expecting'>) =>
  `${textOf(position)}${expecting ? ' expecting' : ''}`;

const isPassing = (error: unknown) => error instanceof Fault && error.retryable && !(error instanceof Overrun);
