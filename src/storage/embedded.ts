import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../domain/ports.js';
import { initialise } from './embedded-cluster.js';
import { chooseEndpoint, type Endpoint, urlOf } from './embedded-endpoint.js';
import { launch } from './embedded-launch.js';
import { findPlace, type Place, type PlaceOptions } from './embedded-place.js';
import { findPostmaster, stopPostmaster } from './embedded-postmaster.js';
import { StartError } from './start-error.js';

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
export async function openEmbedded(options: PlaceOptions): Promise<Embedded> {
  const place = await findPlace(options);
  await initialise(place);
  const endpoint = await chooseEndpoint(place);
  const lease = await Lease.take(place, endpoint, options.log);
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

  private constructor(
    readonly place: Place,
    readonly endpoint: Endpoint,
    readonly url: string,
    readonly log: Log,
  ) {}

  static async take(place: Place, endpoint: Endpoint, log: Log): Promise<Lease> {
    const lease = new Lease(place, endpoint, await urlOf(place, endpoint), log);
    await lease.#attach();
    return lease;
  }

  async giveUp(): Promise<void> {
    this.#given = true;
    await this.#settled;
    try {
      await this.#client.query('SELECT pg_advisory_unlock_shared($1)', [leaseKey]);
      const { rows } = await this.#client.query('SELECT pg_try_advisory_lock($1) AS last', [leaseKey]);
      const postmaster = rows[0].last && (await findPostmaster(this.place.data));
      if (postmaster) await stopPostmaster(this.place, postmaster);
    } catch (error) {
      this.log.warn({ err: error }, 'the embedded database was not stopped; the next start attaches to it');
    }
    await this.#client.end();
  }

  /** The database may be stopped or killed beneath us: it is brought back, as long as we hold on to it. */
  async #bringBack(): Promise<void> {
    while (!this.#given) {
      this.log.warn({ data: this.place.data }, 'the embedded database went away; bringing it back');
      try {
        return await this.#attach();
      } catch (error) {
        this.log.error({ err: error }, 'the embedded database does not come back; trying again in a second');
        await delay(1000);
      }
    }
  }

  async #attach(): Promise<void> {
    const deadline = Date.now() + patience;
    for (;;) {
      if (!(await findPostmaster(this.place.data))) await launch(this.place, this.endpoint);
      try {
        return await this.#connect();
      } catch (error) {
        if (!isPassing(error) || this.#given || Date.now() > deadline) throw unreachable(this.place, error);
      }
      await delay(20);
    }
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'stepcast lease', keepAlive: true });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT pg_advisory_lock_shared($1)', [leaseKey]);
      // The one who stops it may lose the lock before we lose the connection.
      if ((await findPostmaster(this.place.data))?.status !== 'ready') throw new Stopping();
    } catch (error) {
      await client.end();
      throw error;
    }
    this.#client = client;
    client.once('end', () => {
      this.#settled = this.#bringBack();
    });
  }
}

const unreachable = ({ data }: Place, error: unknown) =>
  new StartError(`the embedded database in ${data} takes no connections: ${(error as Error).message}`, {
    cause: error,
  });

/** Any number that nobody else locks in this database. */
const leaseKey = 7_883_672_784;
/** Milliseconds for one that is starting, recovering or stopping to come to an end of it. */
const patience = 120_000;

const passing = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'];

class Stopping extends Error {}

/** Whether it is on its way up or down. pg has no code for a connection that ended, before a query or in the midst of it. */
function isPassing(error: unknown): boolean {
  if (error instanceof Stopping) return true;
  const { code, message } = error as { code?: string; message: string };
  return code === undefined ? lost.test(message) : passing.includes(code);
}

const lost = /^(Connection terminated|Client has encountered a connection error)/;
