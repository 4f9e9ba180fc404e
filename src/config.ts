import { z } from 'zod';

const whole = (least: number, most: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(least, `expected a whole number from ${least} to ${most}`)
        .max(most, `expected a whole number from ${least} to ${most}`),
    )
    .default(otherwise);

const isUrl = (text: string, schemes: readonly string[]) =>
  URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1));

const beginning = (schemes: readonly string[]) => schemes.map((scheme) => `${scheme}://`).join(' or ');

const address = (...schemes: string[]) =>
  z
    .string()
    .refine((text) => isUrl(text, schemes), { error: `expected a URL that begins with ${beginning(schemes)}` })
    .optional();

/** One server, or several of a cluster with commas between. */
const addresses = (...schemes: string[]) =>
  z
    .string()
    .refine((text) => text.split(',').every((one) => isUrl(one, schemes)), {
      error: `expected a URL that begins with ${beginning(schemes)}, or several with commas between`,
    })
    .optional();

const environment = z.object({
  /** Where the server listens. Nobody is asked who they are yet, so it answers this machine only. */
  HOST: z
    .enum(['127.0.0.1', '::1', 'localhost'], {
      error: 'expected 127.0.0.1, ::1 or localhost: callers are not authenticated yet',
    })
    .default('127.0.0.1'),
  /** 0 takes a free one. */
  PORT: whole(0, 65_535, 4000),
  DATABASE_URL: address('postgres', 'postgresql'),
  NATS_URL: addresses('nats', 'tls'),
  STEPCAST_DATA_DIR: z.string().min(1, 'expected a path').default('./data'),
  STEPCAST_EVENT_LOG: z.enum(['on', 'off'], { error: 'expected on or off' }).default('on'),
  STEPCAST_PROGRESS_INTERVAL_MS: whole(0, 60_000, 100),
  STEPCAST_ERASE_INTERVAL_SECONDS: whole(1, 86_400, 60),
  STEPCAST_ERASE_GRACE_SECONDS: whole(0, 31_536_000, 600),
  STEPCAST_RETENTION_DAYS: whole(0, 36_500, 90),
  STEPCAST_READER_TIMEOUT_SECONDS: whole(1, 3_600, 30),
  STEPCAST_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'expected debug, info, warn, error or silent' })
    .default('info'),
});

/** What a server is started with, judged as a whole. Seconds, milliseconds and days as the names say. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly natsUrl: string | undefined;
  readonly dataDir: string;
  /** F4. */
  readonly eventLog: boolean;
  readonly progressIntervalMs: number;
  readonly eraseIntervalSeconds: number;
  readonly eraseGraceSeconds: number;
  readonly retentionDays: number;
  readonly readerTimeoutSeconds: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** Reads the environment. Throws one ConfigError that names every fault. An empty variable counts as not set. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => fault(issue, given)));
  const values = parsed.data;
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    natsUrl: values.NATS_URL,
    dataDir: values.STEPCAST_DATA_DIR,
    eventLog: values.STEPCAST_EVENT_LOG === 'on',
    progressIntervalMs: values.STEPCAST_PROGRESS_INTERVAL_MS,
    eraseIntervalSeconds: values.STEPCAST_ERASE_INTERVAL_SECONDS,
    eraseGraceSeconds: values.STEPCAST_ERASE_GRACE_SECONDS,
    retentionDays: values.STEPCAST_RETENTION_DAYS,
    readerTimeoutSeconds: values.STEPCAST_READER_TIMEOUT_SECONDS,
    logLevel: values.STEPCAST_LOG_LEVEL,
  });
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`the configuration cannot be used:\n${faults.map((text) => `  ${text}`).join('\n')}`);
  }
}

/** A URL may hold a password: it is not shown. */
function fault({ path, message }: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(path[0]);
  return `${name}: ${message}${name.endsWith('_URL') ? '' : `, got ${JSON.stringify(given[name])}`}`;
}
