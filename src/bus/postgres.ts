import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { decodeNotice } from '../domain/hint.js';
import type { Bus, Hint, Log, Topic } from '../domain/ports.js';
import { Listener, reasonOf } from './listener.js';
import { Topics } from './topics.js';

export interface PostgresBusOptions {
  /** Of the connection that listens: straight to the database, not through a pooler in transaction mode. */
  readonly connection: pg.ClientConfig;
  /** Other connections, to the same database: what one of them sends, the one that listens must hear. */
  readonly pool: pg.Pool;
  readonly channel: string;
  /** This server: its own notices come back to it and are dropped. */
  readonly origin: string;
  readonly log: Log;
}

/** Milliseconds before a lost connection is tried again: at first, and at most. */
const shortestWait = 50;
const longestWait = 1_000;

/**
 * Listens on a connection of its own. Throws when that cannot be had at the start; later it comes back by itself. Returns
 * once it is known whether it hears, after 5 s at most.
 */
export async function createPostgresBus(options: PostgresBusOptions): Promise<Bus> {
  const bus = new PostgresBus(options);
  await bus.start().catch((error) => {
    throw new Error(`expected the database to let a connection LISTEN, got: ${reasonOf(error)}`, { cause: error });
  });
  return bus;
}

/**
 * Hints by LISTEN/NOTIFY. Every commit carries the hints that speak of it, whichever server makes it, so none is lost while
 * this server's connection hears; and there is nothing left to publish.
 */
class PostgresBus implements Bus {
  readonly #options: PostgresBusOptions;
  readonly #topics = new Topics();
  readonly #healed = new Set<() => void>();
  readonly #closing = new AbortController();
  #listener: Listener | null = null;
  #running: Promise<void> = Promise.resolve();
  /** What was logged last: an outage is a line, not one for each attempt. */
  #logged: string | null = null;

  constructor(options: PostgresBusOptions) {
    this.#options = options;
  }

  get healthy(): boolean {
    return this.#listener?.hears ?? false;
  }

  publish(): void {}

  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void {
    this.#topics.add(topic, listener);
    return () => void this.#topics.remove(topic, listener);
  }

  onHealed(listener: () => void): () => void {
    this.#healed.add(listener);
    return () => void this.#healed.delete(listener);
  }

  async close(): Promise<void> {
    this.#healed.clear();
    this.#closing.abort();
    await this.#running;
  }

  async start(): Promise<void> {
    const listener = await this.#open();
    this.#running = this.#run(listener);
    await listener.proved;
  }

  /** One connection after the other, until the bus is closed. */
  async #run(first: Listener): Promise<void> {
    for (let listener: Listener | null = first; listener; listener = await this.#reopened()) {
      this.#listener = listener;
      if (await listener.proved) this.#whole();
      this.#broken(await listener.lost);
    }
  }

  async #reopened(): Promise<Listener | null> {
    const { signal } = this.#closing;
    for (let wait = shortestWait; !signal.aborted; wait = Math.min(wait * 2, longestWait)) {
      try {
        await delay(wait * (0.5 + Math.random() / 2), undefined, { signal });
        return await this.#open();
      } catch (error) {
        this.#broken(reasonOf(error));
      }
    }
    return null;
  }

  #open(): Promise<Listener> {
    const { connection, pool, channel } = this.#options;
    const notify = (payload: string) => pool.query(heartbeat, [channel, payload]);
    const take = (payload: string) => this.#take(payload);
    return Listener.open({ connection, channel, notify, take, signal: this.#closing.signal });
  }

  #take(payload: string): void {
    const notice = decodeNotice(payload);
    if (notice.origin !== this.#options.origin) this.#topics.take(notice);
  }

  #whole(): void {
    if (this.#logged !== null) this.#options.log.info({}, 'notifications of other servers arrive again');
    this.#logged = null;
    for (const listener of this.#healed) listener();
  }

  #broken(reason: string): void {
    if (this.#closing.signal.aborted || reason === this.#logged) return;
    this.#logged = reason;
    const message = 'notifications of other servers do not arrive: until they do, the database is polled once a second';
    this.#options.log.warn({ reason }, message);
  }
}

/** A heartbeat need not be on the disk. */
const heartbeat = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
