import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createAuthenticator } from './auth/authenticator.js';
import { readLocalToken } from './auth/local-token.js';
import { CompositeBus } from './bus/composite.js';
import { createNatsBus } from './bus/nats.js';
import { createPostgresBus } from './bus/postgres.js';
import { Closers } from './closers.js';
import type { Config } from './config.js';
import { endAll, startForgetting } from './domain/forget.js';
import type { Store } from './domain/ports.js';
import { Recorder } from './domain/record.js';
import { Shares } from './domain/shares.js';
import { Supervisor } from './domain/supervise.js';
import type { ClusterChange } from './domain/write-set.js';
import { Hub } from './fanout/hub.js';
import { estimating } from './graphql/history.js';
import { createPrepareOperation } from './graphql/prepare.js';
import { loadSchema } from './graphql/schema.js';
import { readKnownCauses } from './known-causes.js';
import { Limits } from './limits/limits.js';
import { listenForScrapes } from './observe/listener.js';
import { createObservation } from './observe/observe.js';
import { untraced } from './observe/tracer.js';
import { connectionTo } from './storage/connection.js';
import { type Database, openDatabase } from './storage/database.js';
import { createProbe } from './storage/probe.js';
import { StartError } from './storage/start-error.js';
import { createKeyStore } from './storage/store/key-store.js';
import type { Notices } from './storage/store/save.js';
import { createStore } from './storage/store/store.js';
import { createDoor } from './transport/door.js';
import { createHttp } from './transport/http.js';
import type { Exposition } from './transport/metrics.js';
import { attachWebsocket } from './transport/websocket/server.js';
import { version } from './version.js';

export { StartError };

export interface App {
  /** `http://127.0.0.1:4000`: where it answers. */
  readonly url: string;
  /** Whether the database is this server's own. */
  readonly embedded: boolean;
  /** With which whoever is on this machine may do everything; null when it is not asked for, or not enough. */
  readonly token: string | null;
  /** Where metrics are served to anybody; null: nowhere. */
  readonly metricsPort: number | null;
  /**
   * Stops in order: not ready, and so for as long as load balancers need to see it, nothing accepted any more, websockets closed with 1001, requests under way answered, then
   * the bus and the database. Nothing acknowledged is lost. Throws when something could not be closed; the rest is.
   */
  close(): Promise<void>;
}

/** Connections that may wait to be accepted, if the system lets so many: readers who were cut off come back together. */
const backlog = 16_384;

/** Where commits tell other servers by NOTIFY. */
const channel = 'stepcast';

/** Puts the layers together and opens the doors last. What it opened before a failure is closed again. */
export async function createApp(config: Config, log: Logger): Promise<App> {
  const opened = new Closers(log);
  try {
    return await open(config, log, opened);
  } catch (error) {
    // What could not be closed is in the log; why it does not start matters more.
    await opened.close().catch(() => {});
    throw error;
  }
}

async function open(config: Config, log: Logger, opened: Closers): Promise<App> {
  const origin = crypto.randomUUID();
  const knownCauses = readKnownCauses(config.knownCausesFile);
  const database = opened.add(
    'the database',
    await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log }),
  );
  // After the database, which is given the data directory while that is empty.
  const token = config.auth.mode === 'token' ? await localToken(config.dataDir) : null;
  const authenticator = opened.add('the authenticator', await openAuthenticator(config, token, database, log));
  const notices: Notices = { channel, origin };
  const bus = await openBus(config, database, notices, opened, log);
  const store = createStore({ database, notices, log });
  const tracing = await openTracing(config, store, opened, log);
  const observation = opened.add('the observation', createObservation(log, tracing?.tracer ?? untraced));

  const hub = opened.add(
    'the hub',
    new Hub({
      readStore: store,
      bus,
      identity: await store.identity(),
      interval: config.progressIntervalMs,
      log,
      meter: observation.fanout,
    }),
  );
  let supervisor: Supervisor | null = null;
  const recorder = opened.add(
    'the recorder',
    new Recorder({
      writeStore: store,
      eventLog: config.eventLog,
      defaultLeaseSeconds: config.leaseSeconds,
      log,
      meter: observation.meter,
      announce: (changes: readonly ClusterChange[]) => {
        hub.announce(changes);
        supervisor?.announce(changes);
        tracing?.announce(changes);
      },
      fallback: hub.fallback,
    }),
  );
  if (!config.eventLog) await endAll({ store, recorder });
  opened.add('forgetting', startForgetting({ ...config, store, log, meter: observation.meter }));
  supervisor = opened.add('supervision', new Supervisor({ ...config, store, recorder, log }));

  const schema = loadSchema();
  const services = {
    about: { version, eventLog: config.eventLog },
    recorder,
    readStore: store,
    connections: new Shares({ places: database.pool.options.max, waiting: 5_000, timeoutMs: 5_000 }),
    hub,
    knownCauses,
    ...estimating(() => hub.time, config),
  };
  const state = { ready: false };
  const door = createDoor(config);
  const limits = new Limits(config.limits);
  const probe = opened.add('the probe', createProbe(database.connection));
  const ready = async () => state.ready && (await probe.answers()) && state.ready;
  const prepare = createPrepareOperation(schema);
  const exposition = observation.expose({
    version,
    fanout: () => hub.figures,
    queue: () => recorder,
    limits: () => limits.refused,
    pools: database.usage,
    sockets: () => websockets.size,
    busHealthy: () => bus.healthy,
  });
  const { telemetry } = observation;
  const http = opened.add(
    'HTTP',
    await createHttp({
      ...config,
      schema,
      services,
      prepare,
      log,
      door,
      authenticator,
      limits,
      ready,
      telemetry,
      exposition,
    }),
  );
  const websockets = opened.add(
    'websockets',
    attachWebsocket({
      ...config,
      answers: probe.answers,
      time: () => hub.time,
      server: http.server,
      door,
      limits,
      authenticator,
      schema,
      services,
      prepare,
      log,
      telemetry,
    }),
  );
  const metricsPort = await openMetrics(config, exposition, opened, log);
  const url = await http.listen({ host: config.host, port: config.port, backlog });
  state.ready = true;
  return {
    url,
    embedded: database.embedded,
    token,
    metricsPort,
    close: async () => {
      state.ready = false;
      await delay(config.shutdownDelaySeconds * 1000);
      http.stopAccepting();
      await opened.close();
    },
  };
}

async function openMetrics({ metrics }: Config, exposition: Exposition, opened: Closers, log: Logger) {
  if (!metrics) return null;
  const failed = (err: unknown) => log.error({ err }, 'metrics could not be gathered');
  return opened.add('the metrics', await listenForScrapes({ ...metrics, exposition, failed })).port;
}

/** OpenTelemetry is loaded only where it is configured. */
async function openTracing({ tracing }: Config, readStore: Store, opened: Closers, log: Logger) {
  if (!tracing) return null;
  const { openTracing: open } = await import('./observe/tracing/tracing.js').catch(withPackages);
  return opened.add('the export of traces', open(tracing, { readStore, log, version }));
}

/** They are optional peers of the package: most servers do without, and they take more than a tenth of its size. */
function withPackages(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const names = ['exporter-trace-otlp-http', 'resources', 'sdk-trace-base'].map((name) => `@opentelemetry/${name}`);
  throw new StartError(
    `expected the packages that traces are sent by, as OTEL_EXPORTER_OTLP_ENDPOINT is set, got none: npm install ${names.join(' ')}`,
    { cause: error },
  );
}

/** What it cannot use, the operator can correct. */
const asStartError = (error: Error) => {
  throw new StartError(error.message, { cause: error });
};

const localToken = (dataDir: string): Promise<string> => readLocalToken(dataDir).catch(asStartError);

const openAuthenticator = ({ auth }: Config, localToken: string | null, { credentials }: Database, log: Logger) =>
  createAuthenticator(auth, { localToken, keyStore: createKeyStore(credentials), log }).catch(asStartError);

/**
 * Every commit says by NOTIFY what it changed and every server listens, whatever else it uses: servers with NATS, without,
 * and with another one hear each other (docs/decisions: hints between servers).
 */
async function openBus(config: Config, database: Database, notices: Notices, opened: Closers, log: Logger) {
  const { natsUrl, listenUrl } = config;
  const { pool } = database;
  const connection = listenUrl ? connectionTo(listenUrl) : database.connection;
  try {
    const postgres = opened.add(
      'the bus on PostgreSQL',
      await createPostgresBus({ connection, pool, ...notices, log }),
    );
    if (!natsUrl) return postgres;
    const nats = opened.add('the bus on NATS', await createNatsBus({ servers: natsUrl, origin: notices.origin, log }));
    return new CompositeBus(postgres, nats);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
