import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { decodeNotice } from '../domain/hint.js';
import type { Bus, Hint, Log, Topic } from '../domain/ports.js';
import { Topics } from './topics.js';

export interface PostgresBusOptions {
  readonly connection: pg.ClientConfig;
  readonly channel: string;
  /** This server: its own notices come back to it and are dropped. */
  readonly origin: string;
  readonly log: Log;
}

/** Milliseconds before a lost connection is tried again: at first, and at most. */
const shortestWait = 50;
const longestWait = 1_000;

/** A peer that is gone without a word is noticed some ten seconds after so many milliseconds of silence. */
const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 2_000 };

/** Listens on a connection of its own. Throws when the database cannot be reached at the start; later it comes back by itself. */
export async function createPostgresBus(options: PostgresBusOptions): Promise<Bus> {
  const bus = new PostgresBus(options);
  await bus.connect().catch((error) => {
    throw new Error(`expected the database to let a connection LISTEN, got: ${reason(error)}`, { cause: error });
  });
  return bus;
}

/**
 * Hints by LISTEN/NOTIFY. The commit that a hint speaks of carries it, so while this connection stands none is lost, and
 * there is nothing left to publish.
 */
class PostgresBus implements Bus {
  readonly #options: PostgresBusOptions;
  readonly #topics = new Topics();
  readonly #healed = new Set<() => void>();
  readonly #closing = new AbortController();
  #client: pg.Client | null = null;
  #returning: Promise<void> | null = null;

  constructor(options: PostgresBusOptions) {
    this.#options = options;
  }

  get healthy(): boolean {
    return this.#client !== null;
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
    this.#closing.abort();
    const client = this.#client;
    this.#client = null;
    await Promise.all([client?.end(), this.#returning]);
  }

  async connect(): Promise<void> {
    const client = new pg.Client({ ...this.#options.connection, ...keepAlive });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload }) => this.#take(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(this.#options.channel)}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    if (this.#closing.signal.aborted) await client.end();
    else this.#client = client;
  }

  #take(payload: string): void {
    const notice = decodeNotice(payload);
    if (notice.origin !== this.#options.origin) this.#topics.take(notice);
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    const message = 'the connection that listens for other servers was lost: followers ask the database meanwhile';
    this.#options.log.warn({}, message);
    this.#returning = this.#reconnect(client);
  }

  async #reconnect(lost: pg.Client): Promise<void> {
    const { signal } = this.#closing;
    await lost.end();
    for (let wait = shortestWait; !this.#client && !signal.aborted; wait = Math.min(wait * 2, longestWait)) {
      // Fails when the database is still away, or the bus is closing: the loop knows.
      await delay(wait * (0.5 + Math.random() / 2), undefined, { signal })
        .then(() => this.connect())
        .catch(() => {});
    }
    if (this.#client) for (const listener of this.#healed) listener();
  }
}

/** A name that stands for several addresses fails with an error for each, and no words of its own. */
const reason = (error: Error) => (error instanceof AggregateError ? error.errors.join(', ') : error.message);
