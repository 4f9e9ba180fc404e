import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../domain/ports.js';
import { StartError } from '../start-error.js';
import { initialise } from './data-directory.js';
import { chooseEndpoint, type Endpoint, urlOf } from './endpoint.js';
import { launch } from './launch.js';
import { findLocation, type Location, type LocationOptions } from './location.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import { prepareRoles, statementTimeouts } from './roles.js';

/** A PostgreSQL of our own, shared by all servers on this machine that were given the same data directory. */
export interface Embedded {
  readonly url: string;
  /** Leaves it. The last server to leave stops it. */
  close(): Promise<void>;
}

/**
 * Attaches to the PostgreSQL that runs in `options.dataDir`, or makes and starts one, and keeps it running until `close`.
 * Throws a StartError: no binaries for this platform, a directory that cannot be written, or another version's.
 */
export async function openEmbedded(options: LocationOptions): Promise<Embedded> {
  const location = await findLocation(options);
  await initialise(location);
  const endpoint = await chooseEndpoint(location);
  const lease = await Lease.take(location, endpoint, options.log);
  return { url: lease.url, close: () => lease.giveUp() };
}

/**
 * A server's share in the database: an advisory lock, on a connection of its own, which goes when the server goes,
 * however it does. Whoever leaves and gets the lock for itself alone was the last. It stops the database while it
 * holds the lock, so one that comes meanwhile waits for its share, loses the connection, and starts the database anew.
 */
class Lease {
  #client!: pg.Client;
  /** Settles when no bringing back is under way. */
  #settled = Promise.resolve();
  #given = false;
  #prepared = false;

  private constructor(
    readonly location: Location,
    readonly endpoint: Endpoint,
    readonly url: string,
    readonly log: Log,
  ) {}

  static async take(location: Location, endpoint: Endpoint, log: Log): Promise<Lease> {
    const lease = new Lease(location, endpoint, await urlOf(location, endpoint), log);
    await lease.#attach();
    return lease;
  }

  /** Takes a few seconds at most, whatever the database does. */
  async giveUp(): Promise<void> {
    this.#given = true;
    try {
      await within(answerMs, this.#settled);
      if (await within(answerMs, this.#isLast())) await this.#stop();
    } catch (error) {
      this.log.warn({ err: error }, 'the embedded database was not stopped; the next start attaches to it');
    }
    this.#client.end().catch(() => {});
    // A frozen one does not answer an orderly end of the connection either.
    (this.#client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }

  async #isLast(): Promise<boolean> {
    await this.#client.query('SELECT pg_advisory_unlock_shared($1)', [leaseKey]);
    const { rows } = await this.#client.query('SELECT pg_try_advisory_lock($1) AS last', [leaseKey]);
    return rows[0].last;
  }

  async #stop(): Promise<void> {
    const postmaster = await findPostmaster(this.location.data);
    if (!postmaster || (await stopPostmaster(this.location, postmaster))) return;
    throw new Error(`expected PostgreSQL (process ${postmaster.pid}) to end when told to, but it still runs`);
  }

  /** The database may be stopped or killed beneath us: it is brought back, as long as we hold on to it. */
  async #bringBack(): Promise<void> {
    while (!this.#given) {
      this.log.warn({ data: this.location.data }, 'the embedded database has stopped unexpectedly; restarting it');
      try {
        return await this.#attach();
      } catch (error) {
        this.log.error({ err: error }, 'the embedded database could not be restarted; trying again in a second');
        await delay(1000);
      }
    }
  }

  async #attach(): Promise<void> {
    const start = Date.now();
    for (;;) {
      if (!(await findPostmaster(this.location.data))) await launch(this.location, this.endpoint);
      try {
        if (!this.#prepared) await prepareRoles(this.location, this.endpoint);
        this.#prepared = true;
        return await this.#connect();
      } catch (error) {
        const deadline = start + (isSilent(error) ? silentMs : timeoutMs);
        if (!isPassing(error) || this.#given || Date.now() > deadline) throw unreachable(this.location, error);
      }
      await delay(20);
    }
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'stepcast lease',
      keepAlive: true,
      ...statementTimeouts,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT pg_advisory_lock_shared($1)', [leaseKey]);
      // The one who stops it may lose the lock before we lose the connection.
      if ((await findPostmaster(this.location.data))?.status !== 'ready') throw new Stopping();
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
    client.once('end', () => {
      this.#settled = this.#bringBack();
    });
  }
}

const unreachable = ({ data }: Location, error: unknown) =>
  new StartError(`the embedded database in ${data} takes no connections: ${(error as Error).message}`, {
    cause: error,
  });

/** Any number that is not used for other locks in this database. */
const leaseKey = 7_883_672_784;
/** Milliseconds for one that is starting, recovering or stopping to come to an end of it. */
const timeoutMs = 120_000;
/** For one that takes connections and says nothing. */
const silentMs = 15_000;
/** For an answer on leaving. */
const answerMs = 1_500;

const passing = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'];

class Stopping extends Error {}

/** Whether it is on its way up or down. pg has no code for a connection that ended, before a query or in the midst of it. */
function isPassing(error: unknown): boolean {
  if (error instanceof Stopping || isSilent(error)) return true;
  const { code, message } = error as { code?: string; message: string };
  return code === undefined ? lost.test(message) : passing.includes(code);
}

/** pg's own words for a deadline that has passed, which have no code. */
const isSilent = (error: unknown) =>
  /timeout expired|due to connection timeout|read timeout/.test((error as Error).message);

async function within<T>(ms: number, outcome: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(ms, undefined, timer).then(() => {
    throw new Error(`expected an answer of the embedded database within ${ms} ms, got none`);
  });
  try {
    return await Promise.race([outcome, late]);
  } finally {
    late.catch(() => {});
    timer.abort();
  }
}

const lost = /^(Connection terminated|Client has encountered a connection error)/;
