import type pg from 'pg';
import { StartError } from './start-error.js';

/** Milliseconds after which PostgreSQL itself ends what takes too long. */
export interface SessionLimits {
  readonly statement_timeout: number;
  readonly lock_timeout: number;
  readonly idle_in_transaction_session_timeout: number;
}

const defaults: SessionLimits = {
  statement_timeout: 30_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 30_000,
};

/**
 * What every session must have. Prisma's driver takes every timestamp to be in UTC. A statement must see what was
 * committed before it: at a stricter isolation, which a role or a URL may have as its default, writes clash without end.
 */
const required = '-c TimeZone=UTC -c default_transaction_isolation=read\\ committed';

/** Milliseconds. */
const connectMs = 5_000;

/**
 * How to connect to the database at this URL. The URL's own parameters hold beside ours, its `options` too: they come
 * behind our limits and before what every session must have, and of two values PostgreSQL takes the last.
 */
export function connectionTo(url: string, limits: SessionLimits = defaults): pg.ClientConfig {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new StartError(
      `expected DATABASE_URL to be like postgresql://user:password@host:5432/database, got ${JSON.stringify(url.split(':')[0])} and what follows it`,
    );
  }
  const { address, parameters } = split(url);
  const own = parameters.get('options');
  // pg would take them in place of ours.
  parameters.delete('options');
  const ours = Object.entries(limits).map(([name, ms]) => `-c ${name}=${ms}`);
  return {
    application_name: 'stepcast',
    options: [...ours, own, required].filter(Boolean).join(' '),
    connectionTimeoutMillis: secondsOf(parameters.get('connect_timeout')) * 1_000 || connectMs,
    keepAlive: true,
    connectionString: own === null ? url : `${address}?${parameters}`,
  };
}

/** Not by `URL`, which refuses some that pg takes: a user without a host, where a parameter names the socket's folder. */
function split(url: string): { address: string; parameters: URLSearchParams } {
  const end = url.indexOf('?');
  return {
    address: end === -1 ? url : url.slice(0, end),
    parameters: new URLSearchParams(end === -1 ? '' : url.slice(end + 1)),
  };
}

/** 0, which libpq takes for no limit, is none here either: a server must not wait for ever. */
const secondsOf = (text: string | null) => (text !== null && /^\d{1,4}$/.test(text) ? Number(text) : 0);
