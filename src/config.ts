import { z } from 'zod';
import type { AuthOptions } from './auth/options.js';
import { authFaults, authOf, authVariables } from './config/auth.js';
import { limitsOf, limitVariables } from './config/limits.js';
import { address, addresses, hosts, isLoopback, listenedOn, whole, wholeNumber } from './config/values.js';
import type { LimitSettings } from './limits/limits.js';

const environment = z.object({
  HOST: listenedOn,
  /** 0: any free port. */
  PORT: whole(0, 65_535, 4000),
  STEPCAST_ALLOWED_HOSTS: hosts,
  ...authVariables,
  ...limitVariables,
  STEPCAST_METRICS_PORT: wholeNumber(0, 65_535).optional(),
  STEPCAST_METRICS_HOST: listenedOn,
  STEPCAST_SHUTDOWN_DELAY_SECONDS: whole(0, 300, 0),
  DATABASE_URL: address('postgres', 'postgresql'),
  STEPCAST_LISTEN_URL: address('postgres', 'postgresql'),
  NATS_URL: addresses('nats', 'tls'),
  STEPCAST_DATA_DIR: z.string().min(1, 'expected a path').default('./data'),
  STEPCAST_EVENT_LOG: z.enum(['on', 'off'], { error: 'expected on or off' }).default('on'),
  STEPCAST_PROGRESS_INTERVAL_MS: whole(0, 60_000, 100),
  STEPCAST_ERASE_INTERVAL_SECONDS: whole(1, 86_400, 60),
  STEPCAST_ERASE_GRACE_SECONDS: whole(0, 31_536_000, 600),
  STEPCAST_RETENTION_DAYS: whole(0, 36_500, 90),
  STEPCAST_LEASE_SECONDS: whole(0, 604_800, 86_400),
  STEPCAST_STALL_SECONDS: whole(1, 604_800, 120),
  STEPCAST_READER_TIMEOUT_SECONDS: whole(1, 3_600, 30),
  STEPCAST_KNOWN_CAUSES: z.string().optional(),
  STEPCAST_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'expected debug, info, warn, error or silent' })
    .default('info'),
});

/** The names of all variables that configure the server. */
export const variables: readonly string[] = Object.keys(environment.shape);

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

/** Reads the environment. Throws one ConfigError that lists every invalid value. An empty variable counts as not set. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => fault(issue, given)));
  const values = parsed.data;
  const faults = [...hostFaults(values), ...authFaults(values)];
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    allowedHosts: values.STEPCAST_ALLOWED_HOSTS,
    auth: authOf(values),
    limits: limitsOf(values, values.HOST),
    metrics: metricsOf(values),
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

const metricsOf = ({ STEPCAST_METRICS_PORT: port, STEPCAST_METRICS_HOST: host }: z.infer<typeof environment>) =>
  port === undefined ? null : { host, port };

/** What other machines can reach, strangers can reach. */
function hostFaults(values: z.infer<typeof environment>): string[] {
  const { HOST: host, STEPCAST_AUTH: auth, STEPCAST_ALLOWED_HOSTS: allowed } = values;
  if (isLoopback(host)) return [];
  const faults: string[] = [];
  if (auth !== 'on')
    faults.push(`STEPCAST_AUTH: expected on, as HOST=${host} can be reached by other machines, got "${auth}"`);
  if (allowed.length === 0)
    faults.push(`STEPCAST_ALLOWED_HOSTS: expected the names that callers use, as HOST=${host} has none, got none`);
  return faults;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`invalid configuration:\n${faults.map((text) => `  ${text}`).join('\n')}`);
  }
}

/** A URL may contain a password, so its value is not shown. */
function fault({ path, message }: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(path[0]);
  return `${name}: ${message}${/_(URL|JWKS)$/.test(name) ? '' : `, got ${JSON.stringify(given[name])}`}`;
}
