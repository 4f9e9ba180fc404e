import type { z } from 'zod';
import { authFaults } from './auth.js';
import { environment, type Values, variables } from './environment.js';
import { tracingFaults } from './tracing.js';
import { unknownFaults } from './unknown.js';
import { isLoopback } from './values.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Judged {
  /** With the default in place of what cannot be used. */
  readonly values: Values;
  /** All that is wrong, each in a line that begins with the name of a variable. */
  readonly faults: readonly string[];
}

/** Judges the environment as a whole: each variable, those that do not fit together, and names that are none. */
export function judge(env: Environment): Judged {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  const broken = new Set<string>();
  for (const [name, type] of Object.entries<z.ZodType>(environment.shape)) {
    const parsed = type.safeParse(given[name]);
    values[name] = parsed.success ? parsed.data : type.parse(undefined);
    if (parsed.success) continue;
    broken.add(name);
    faults.push(...parsed.error.issues.map(({ message }) => faultOf(name, message, given[name])));
  }
  const usable = values as Values;
  const others = [...hostFaults(usable), ...pairFaults(usable), ...authFaults(usable), ...tracingFaults(usable)];
  // Of one that cannot be used, that is said already.
  faults.push(...others.filter((fault) => !broken.has(fault.slice(0, fault.indexOf(':')))));
  return { values: usable, faults: [...faults, ...unknownFaults(given, variables)] };
}

/** A URL may contain a password, so its value is not shown. */
const faultOf = (name: string, message: string, value: string | undefined) =>
  `${name}: ${message}${/_(URL|JWKS|ENDPOINT|HEADERS)$/.test(name) ? '' : `, got ${JSON.stringify(value)}`}${
    // In a pod beside a Service that is called `stepcast-metrics`, STEPCAST_METRICS_PORT is not the operator's.
    value?.startsWith('tcp://')
      ? ', which Kubernetes sets for a Service of that name: set enableServiceLinks to false'
      : ''
  }`;

/** What other machines can reach, strangers can reach. */
function hostFaults(values: Values): string[] {
  const { HOST: host, STEPCAST_AUTH: auth, STEPCAST_ALLOWED_HOSTS: allowed } = values;
  if (isLoopback(host)) return [];
  const faults: string[] = [];
  if (auth !== 'on')
    faults.push(`STEPCAST_AUTH: expected on, as HOST=${host} can be reached by other machines, got "${auth}"`);
  if (allowed.length === 0)
    faults.push(`STEPCAST_ALLOWED_HOSTS: expected the names that callers use, as HOST=${host} has none, got none`);
  return faults;
}

/** What has no effect without another, or is in its way. */
function pairFaults(values: Values): string[] {
  const { PORT, STEPCAST_METRICS_PORT: port, STEPCAST_METRICS_HOST: host } = values;
  const faults: string[] = [];
  if (values.STEPCAST_LISTEN_URL !== undefined && values.DATABASE_URL === undefined)
    faults.push('STEPCAST_LISTEN_URL: expected DATABASE_URL with it, got none');
  if (port === undefined && host !== '127.0.0.1')
    faults.push('STEPCAST_METRICS_HOST: expected STEPCAST_METRICS_PORT with it, got none');
  if (port !== undefined && port !== 0 && port === PORT)
    faults.push(`STEPCAST_METRICS_PORT: expected another port than PORT, got ${port} for both`);
  return faults;
}
