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

/** Listens on a connection of its own. Throws when the database cannot be reached at the start; later it comes back by itself. */
export async function createPostgresBus(options: PostgresBusOptions): Promise<Bus> {
  const bus = new PostgresBus(options);
  await bus.connect();
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
  #client: pg.Client | null = null;
  readonly #closing = new AbortController();

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
    await client?.end();
  }

  async connect(): Promise<void> {
    const client = new pg.Client({ ...this.#options.connection, keepAlive: true });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload }) => this.#take(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(this.#options.channel)}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    if (this.#closing.signal.aborted) return client.end();
    this.#client = client;
  }

  #take(payload: string): void {
    const { origin, hints } = decodeNotice(payload);
    if (origin === this.#options.origin) return;
    if (hints === null) this.#topics.tellAll();
    else for (const hint of hints) this.#topics.tell(hint);
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#options.log.warn(
      {},
      'the connection that listens for other servers was lost: followers ask the database meanwhile',
    );
    client.end().catch(() => {});
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closing;
    for (let wait = shortestWait; !signal.aborted; wait = Math.min(wait * 2, longestWait)) {
      try {
        await delay(wait * (0.5 + Math.random() / 2), undefined, { signal });
        await this.connect();
        break;
      } catch {
        // Still away, or closing: the loop knows.
      }
    }
    if (this.#client) for (const listener of this.#healed) listener();
  }
}
