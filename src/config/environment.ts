import { z } from 'zod';
import { authVariables } from './auth.js';
import { limitVariables } from './limits.js';
import { tracingVariables } from './tracing.js';
import { address, addresses, hosts, listenedOn, whole, wholeNumber } from './values.js';

/** What each variable may hold. */
export const environment = z.object({
  HOST: listenedOn,
  /** 0: any free port. */
  PORT: whole(0, 65_535, 4000),
  STEPCAST_ALLOWED_HOSTS: hosts,
  ...authVariables,
  ...limitVariables,
  ...tracingVariables,
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

/** Of variables that each hold what they may. */
export type Values = z.infer<typeof environment>;
