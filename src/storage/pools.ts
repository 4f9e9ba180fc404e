import pg from 'pg';
import type { Log } from '../domain/ports.js';
import { within } from '../domain/within.js';
import { connectionTo, type SessionLimits } from './connection.js';

/** Connections to the database, by what they are for: what one kind waits for does not hold up another. */
export interface Pools {
  readonly readers: Pool;
  /** For `inTransaction`. */
  readonly writers: Pool;
  /** Of erasing and of leases, which end nothing by themselves while readers have all other connections. */
  readonly housekeepers: Pool;
  /** For API keys: whoever is let in must not wait for those who are. */
  readonly credentials: Pool;
}

/** Those who may wait for a connection: they are told UNAVAILABLE within 5 s, and those beyond them LIMIT_EXCEEDED at once. */
const mostWaiting = 5_000;

/**
 * Milliseconds. PostgreSQL ends what takes too long; of one that does not answer at all pg gives up soon after. A
 * connection that was given up is destroyed: what it answers later is discarded.
 */
const reading = { statement_timeout: 7_000, lock_timeout: 5_000, idle_in_transaction_session_timeout: 10_000 };
const writing = { statement_timeout: 10_000, lock_timeout: 5_000, idle_in_transaction_session_timeout: 15_000 };
/** Whoever waits for it waits for the one before it, too. */
const checking = { statement_timeout: 3_000, lock_timeout: 2_000, idle_in_transaction_session_timeout: 5_000 };
const keeping = { statement_timeout: 60_000, lock_timeout: 10_000, idle_in_transaction_session_timeout: 30_000 };
const answerMs = 1_000;

export function createPools(url: string, log: Log): Pools {
  const pool = (limits: SessionLimits, config: pg.PoolConfig) => {
    const query_timeout = limits.statement_timeout + answerMs;
    const created = new Pool({ ...connectionTo(url, limits), query_timeout, ...config });
    created.on('error', (err) => log.warn({ err }, 'a connection to the database was lost'));
    // While one is in use, the statement that fails says so.
    created.on('connect', (client) => client.on('error', () => {}));
    return created;
  };
  const readers = pool(reading, { max: 10 });
  // As many as batches may be on their way.
  const writers = pool(writing, { max: 3, pipeline: true });
  writers.on('connect', (client) => {
    // What they look up, they look up by key, whatever the tables were like when the plan was made.
    client.query('SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off').catch(() => {});
  });
  // With `pipeline` pg destroys a connection at the timeout of a statement, in the midst of a transaction too.
  const housekeepers = pool(keeping, { max: 2, pipeline: true });
  // One statement is under way at a time.
  const credentials = pool(checking, { max: 1 });
  return { readers, writers, housekeepers, credentials };
}

/** A pool of which a bounded number waits for a connection, and that can be made to connect anew. */
export class Pool extends pg.Pool {
  #generation = 0;
  /** Of each connection, when it was opened. */
  readonly #born = new Map<pg.PoolClient, number>();

  constructor(config: pg.PoolConfig) {
    super(config);
    this.on('connect', (client) => this.#born.set(client, this.#generation));
    this.on('remove', (client) => this.#born.delete(client));
    // The pool keeps none that is ending.
    this.on('release', (_, client) => {
      if (this.#born.get(client) !== this.#generation) client.end().catch(() => {});
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (this.waitingCount >= mostWaiting) return refuse(callback);
    if (!callback) return super.connect();
    super.connect(callback);
  }

  /** Gives up every connection there is: idle ones at once, others when they are released. */
  async renew(): Promise<void> {
    this.#generation += 1;
    const idle = Array.from({ length: this.idleCount }, async () => (await this.connect()).release());
    await Promise.allSettled(idle);
  }

  /**
   * Closes all connections, once they are released. Says whether they were in time. Those to a database that does not
   * answer stay open, and keep no process alive.
   */
  async close(timeoutMs: number): Promise<boolean> {
    const ended = await within(
      timeoutMs,
      this.end().then(() => true),
      false,
    );
    for (const client of this.#born.keys()) unref(client);
    return ended;
  }
}

/** pg has it, and its types do not. */
const unref = (client: pg.PoolClient) => (client as pg.PoolClient & { unref(): void }).unref();

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** So many wait for a connection that no more may. */
export class PoolFull extends Error {
  override readonly name = 'PoolFull';
}

function refuse(callback: Connected | undefined): Promise<never> | undefined {
  const error = new PoolFull(
    `expected at most ${mostWaiting} to wait for a connection to the database, got one more: try again later`,
  );
  if (!callback) return Promise.reject(error);
  callback(error, undefined, () => {});
}
