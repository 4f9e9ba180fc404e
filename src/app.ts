import type { Logger } from 'pino';
import { DoubledBus } from './bus/doubled.js';
import { createNatsBus } from './bus/nats.js';
import { createPostgresBus } from './bus/postgres.js';
import type { Config } from './config.js';
import { endAll, startForgetting } from './domain/forget.js';
import { Recorder } from './domain/record.js';
import { Hub } from './fanout/hub.js';
import { createPrepareOperation } from './graphql/prepare.js';
import { loadSchema } from './graphql/schema.js';
import { type Database, openDatabase } from './storage/database.js';
import type { Notices } from './storage/keep.js';
import { StartError } from './storage/start-error.js';
import { createStore } from './storage/store.js';
import { createHttp } from './transport/http.js';
import { attachWebsocket } from './transport/websocket.js';

export { StartError };

export interface App {
  /** `http://127.0.0.1:4000`: where it answers. */
  readonly url: string;
  /** Whether the database is this server's own. */
  readonly embedded: boolean;
  /** Stops in order: nothing acknowledged is lost, and readers are told to come back. */
  close(): Promise<void>;
}

/** Connections that may wait to be accepted, if the system lets so many: readers who were cut off come back together. */
const backlog = 16_384;

/** Where commits tell other servers by NOTIFY. */
const channel = 'stepcast';

/** Puts the layers together and opens the doors last. What it opened before a failure is closed again. */
export async function createApp(config: Config, log: Logger): Promise<App> {
  const opened = new Opened();
  try {
    return await open(config, log, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function open(config: Config, log: Logger, opened: Opened): Promise<App> {
  const origin = crypto.randomUUID();
  const database = opened.add(await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log }));
  const { bus, notices } = await openBus(config, database, origin, opened, log);
  const store = createStore({ database, notices, log });

  const hub = opened.add(new Hub({ library: store, bus, interval: config.progressIntervalMs }));
  const recorder = opened.add(
    new Recorder({
      journal: store,
      eventLog: config.eventLog,
      log,
      announce: hub.announce,
      suspect: hub.suspect,
    }),
  );
  if (!config.eventLog) await endAll({ store, recorder });
  opened.add(startForgetting({ ...config, store, recorder, log }));

  const schema = loadSchema();
  const services = { recorder, library: store, hub };
  const state = { ready: false };
  const http = await createHttp({ schema, services, log, ready: async () => state.ready && (await store.answers()) });
  opened.add({ close: () => http.close() });
  const prepare = createPrepareOperation(schema);
  opened.add(attachWebsocket({ ...config, server: http.server, schema, services, prepare, log }));
  const url = await http.listen({ host: config.host, port: config.port, backlog });
  state.ready = true;
  return {
    url,
    embedded: database.embedded,
    close: async () => {
      state.ready = false;
      await opened.close();
    },
  };
}

/** The bus, and what commits are to say by NOTIFY: with NATS nothing, unless NATS may fail to carry it. */
async function openBus(config: Config, { connection }: Database, origin: string, opened: Opened, log: Logger) {
  const own: Notices = { channel, origin };
  try {
    const postgres = opened.add(await createPostgresBus({ connection, ...own, log }));
    if (!config.natsUrl) return { bus: postgres, notices: () => own };
    const nats = opened.add(await createNatsBus({ servers: config.natsUrl, origin, log }));
    return { bus: new DoubledBus(nats, postgres), notices: () => (nats.healthy ? null : own) };
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** What is open, closed in the opposite order. */
class Opened {
  readonly #closers: { close(): void | Promise<void> }[] = [];

  add<T extends { close(): void | Promise<void> }>(thing: T): T {
    this.#closers.push(thing);
    return thing;
  }

  async close(): Promise<void> {
    for (let thing = this.#closers.pop(); thing; thing = this.#closers.pop()) await thing.close();
  }
}
