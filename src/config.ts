import type { AuthOptions } from './auth/options.js';
import { authOf } from './config/auth.js';
import type { Values } from './config/environment.js';
import { type Environment, judge } from './config/judge.js';
import { limitsOf } from './config/limits.js';
import { type TracingOptions, tracingOf } from './config/tracing.js';
import type { LimitSettings } from './limits/limits.js';

export { variables } from './config/environment.js';

/** The server's configuration, validated as a whole. Units as in the names: seconds, milliseconds, days. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Values of `Host` that are accepted besides the loopback names. */
  readonly allowedHosts: readonly string[];
  readonly auth: AuthOptions;
  readonly limits: LimitSettings;
  /** Where metrics are served to anybody; null: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Where traces are sent; null: nowhere, and nothing is traced. */
  readonly tracing: TracingOptions | null;
  /** How long the server says that it is not ready before it stops to accept. */
  readonly shutdownDelaySeconds: number;
  readonly databaseUrl: string | undefined;
  /** The same database without a pooler, if `databaseUrl` leads through one. */
  readonly listenUrl: string | undefined;
  readonly natsUrl: string | undefined;
  readonly dataDir: string;
  /** F4: when false, reports are accepted and not stored. */
  readonly eventLog: boolean;
  readonly progressIntervalMs: number;
  readonly eraseIntervalSeconds: number;
  readonly eraseGraceSeconds: number;
  readonly retentionDays: number;
  /** O7: the lease of operations that are started without one; 0: none. */
  readonly leaseSeconds: number;
  /** P3: no silence shorter than this is a stall. */
  readonly stallSeconds: number;
  readonly readerTimeoutSeconds: number;
  /** C5: a file of what the operator knows of causes. */
  readonly knownCausesFile: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** Reads the environment. Throws one ConfigError that lists all that is wrong with it. An empty variable counts as not set. */
export function readConfig(env: Environment): Config {
  const { values, faults } = judge(env);
  if (faults.length > 0) throw new ConfigError(faults);
  return configOf(values);
}

function configOf(values: Values): Config {
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    allowedHosts: values.STEPCAST_ALLOWED_HOSTS,
    auth: authOf(values),
    limits: limitsOf(values, values.HOST),
    metrics: metricsOf(values),
    tracing: tracingOf(values),
    shutdownDelaySeconds: values.STEPCAST_SHUTDOWN_DELAY_SECONDS,
    databaseUrl: values.DATABASE_URL,
    listenUrl: values.STEPCAST_LISTEN_URL,
    natsUrl: values.NATS_URL,
    dataDir: values.STEPCAST_DATA_DIR,
    eventLog: values.STEPCAST_EVENT_LOG === 'on',
    progressIntervalMs: values.STEPCAST_PROGRESS_INTERVAL_MS,
    eraseIntervalSeconds: values.STEPCAST_ERASE_INTERVAL_SECONDS,
    eraseGraceSeconds: values.STEPCAST_ERASE_GRACE_SECONDS,
    retentionDays: values.STEPCAST_RETENTION_DAYS,
    leaseSeconds: values.STEPCAST_LEASE_SECONDS,
    stallSeconds: values.STEPCAST_STALL_SECONDS,
    readerTimeoutSeconds: values.STEPCAST_READER_TIMEOUT_SECONDS,
    knownCausesFile: values.STEPCAST_KNOWN_CAUSES,
    logLevel: values.STEPCAST_LOG_LEVEL,
  });
}

const metricsOf = ({ STEPCAST_METRICS_PORT: port, STEPCAST_METRICS_HOST: host }: Values) =>
  port === undefined ? null : { host, port };

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`invalid configuration:\n${faults.map((text) => `  ${text}`).join('\n')}`);
  }
}
