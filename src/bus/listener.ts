import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { emptyNotice } from '../domain/hint.js';

export interface ListenerOptions {
  readonly connection: pg.ClientConfig;
  readonly channel: string;
  /** Sends a notification by another connection. */
  readonly notify: (payload: string) => Promise<unknown>;
  /** Called with each notification that is not one of its own heartbeats. */
  readonly take: (payload: string) => void;
  /** Ends the connection, and the opening of it. */
  readonly signal: AbortSignal;
}

/** Milliseconds of silence before a heartbeat is sent, and until it must have been heard: 8 s in all. */
const interval = 3_000;
const timeoutMs = 5_000;

const settings: pg.ClientConfig = {
  connectionTimeoutMillis: timeoutMs,
  query_timeout: timeoutMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: 2_000,
};

/**
 * One connection that LISTENs, from its opening until it is lost. That it exists says nothing: a pooler in transaction
 * mode takes LISTEN and forgets it, and a frozen peer keeps its sockets. So it counts only once it has heard a heartbeat, a
 * notification that another connection sent, and for as long as it is never silent for longer than that takes.
 */
export class Listener {
  /** Resolves with true once it has heard a heartbeat, with false when it is lost before. */
  readonly proved: Promise<boolean>;
  /** Resolves with the reason, in words, when it is of no use any more. It is closed then. */
  readonly lost: Promise<string>;
  readonly #options: ListenerOptions;
  readonly #client: pg.Client;
  #prove: (heard: boolean) => void = () => {};
  #lose: (reason: string) => void = () => {};
  #state: 'unproved' | 'hearing' | 'lost' = 'unproved';
  /** The heartbeat that is on its way. */
  #awaited: string | null = null;
  /** Whether anything came since the timer was set. */
  #heard = false;
  /** Why the heartbeat could not be sent. */
  #fault: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** Rejects when the connection cannot be had, or may not LISTEN. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    await listener.#open();
    return listener;
  }

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#client = new pg.Client({ ...options.connection, ...settings });
    this.proved = new Promise((resolve) => {
      this.#prove = resolve;
    });
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
  }

  /** Whether notifications arrive, as far as can be known. */
  get hears(): boolean {
    return this.#state === 'hearing';
  }

  async #open(): Promise<void> {
    const { signal, channel } = this.#options;
    const client = this.#client;
    client.on('error', (error) => this.#close(reasonOf(error)));
    client.on('end', () => this.#close('the connection was closed'));
    client.on('notification', ({ payload }) => this.#take(payload ?? ''));
    signal.addEventListener('abort', this.#abort);
    try {
      signal.throwIfAborted();
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      this.#close(reasonOf(error));
      throw error;
    }
    if (this.#state !== 'lost') this.#beat();
  }

  #take(payload: string): void {
    this.#heard = true;
    if (payload === this.#awaited) this.#answered();
    else this.#options.take(payload);
  }

  #answered(): void {
    this.#awaited = null;
    this.#wait();
    if (this.#state !== 'unproved') return;
    this.#state = 'hearing';
    this.#prove(true);
  }

  /** What comes from others proves as much as a heartbeat: none is sent while the connection is busy. */
  #wait(): void {
    this.#after(interval, () => (this.#heard ? this.#wait() : this.#beat()));
  }

  #beat(): void {
    const beat = emptyNotice(randomUUID());
    this.#awaited = beat;
    this.#fault = null;
    this.#after(timeoutMs, () => this.#judge());
    this.#options.notify(beat).catch((error) => {
      this.#fault = reasonOf(error);
    });
  }

  #judge(): void {
    if (this.#heard && this.#state === 'hearing') this.#wait();
    else if (this.#fault !== null) this.#close(`no notification could be sent: ${this.#fault}`);
    else this.#close(this.#state === 'hearing' ? silent : deaf);
  }

  /** A process that stood still finds its timers due before it has read what came meanwhile: that is read first. */
  #after(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#heard = false;
    const timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#timer === timer && this.#state !== 'lost') then();
      });
    }, milliseconds);
    this.#timer = timer;
  }

  readonly #abort = () => this.#close('the server stops');

  /** Without an orderly end of the connection, which a frozen peer would never answer. */
  #close(reason: string): void {
    if (this.#state === 'lost') return;
    this.#state = 'lost';
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#client.connection.stream.destroy();
    this.#prove(false);
    this.#lose(reason);
  }
}

const silent = `nothing was heard for ${(interval + timeoutMs) / 1000} s, not even a notification of its own: the connection is dead, or the database does not answer`;

const deaf = `a notification sent by another connection was not heard within ${timeoutMs / 1000} s. Behind a pooler in transaction mode, as PgBouncer is by default in many set-ups, LISTEN has no effect, and on another database it hears nothing: STEPCAST_LISTEN_URL should lead to the same database without a pooler`;

/** A name that stands for several addresses fails with an error for each, and no words of its own. */
export const reasonOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map(reasonOf).join(', ')
    : error instanceof Error
      ? error.message
      : String(error);
