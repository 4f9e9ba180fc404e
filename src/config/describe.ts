import { withoutSecrets } from '../domain/secrets.js';
import { environment, type Values, variables } from './environment.js';
import { type Environment, judge } from './judge.js';
import { limitsOf } from './limits.js';

export interface Description {
  /** A line for each setting: its name, its value without secrets, and where that is from. */
  readonly text: string;
  readonly faults: readonly string[];
}

/** What the environment comes to. What cannot be used is shown as it was given. */
export function describeConfig(env: Environment): Description {
  const { values, faults } = judge(env);
  const rows = variables.map((name) => {
    const given = env[name];
    return given ? [name, shownValue(name, given), 'environment'] : [name, defaultOf(name, values), 'default'];
  });
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [names, shown] = [width(0), Math.min(width(1), 60)];
  const text = rows.map(([name = '', value = '', from]) => `${name.padEnd(names)}  ${value.padEnd(shown)}  ${from}`);
  return { text: text.join('\n'), faults };
}

function defaultOf(name: string, values: Values): string {
  const value = environment.shape[name as keyof Values].parse(undefined) ?? limitOf(name, values);
  return value === undefined || String(value) === '' ? '(not set)' : String(value);
}

/** Those of limits depend on who can reach the server. */
function limitOf(name: string, values: Values): unknown {
  if (!name.startsWith('STEPCAST_LIMIT_')) return undefined;
  const key = name
    .slice('STEPCAST_LIMIT_'.length)
    .toLowerCase()
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.entries(limitsOf(values, values.HOST)).find(([limit]) => limit === key)?.[1];
}

function shownValue(name: string, value: string): string {
  if (name === 'NATS_URL')
    return value
      .split(',')
      .map((one) => shownUrl(one, '***'))
      .join(',');
  if (/_(URL|ENDPOINT)$/.test(name)) return shownUrl(value);
  return withoutSecrets(value);
}

/** Parameters of addresses that tell nothing to be hidden. */
const harmless = ['sslmode', 'application_name', 'connect_timeout', 'options', 'statement_timeout'];

/** Without password, and without what its parameters may hide. NATS takes a token in place of a user. What is no URL is not shown. */
function shownUrl(text: string, shownUser?: string): string {
  if (!URL.canParse(text)) return '***';
  const { protocol, username, password, host, pathname, searchParams } = new URL(text);
  const user = username && (shownUser ?? username + (password && ':***'));
  const parameters = [...searchParams].map(([key, value]) => `${key}=${harmless.includes(key) ? value : '***'}`);
  const query = parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return `${protocol}//${user && `${user}@`}${host}${pathname}${query}`;
}
