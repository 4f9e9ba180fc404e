import pg from 'pg';
import { within } from '../domain/within.js';

/** Milliseconds: `/readyz` is to answer within two seconds. */
const deadlineMs = 1_800;
const statementMs = 1_500;

export interface Probe {
  /** Whether the database can be written to now. Always answers before the deadline; callers at the same time share one look. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

/** Looks at the database over a connection of its own: those of the readers may all be in use, and yet all is well. */
export function createProbe(connection: pg.ClientConfig): Probe {
  const pool = new pg.Pool({
    ...connection,
    max: 1,
    connectionTimeoutMillis: statementMs,
    query_timeout: statementMs,
    statement_timeout: statementMs,
  });
  // The next look opens another; one that is being closed may be told that its database goes.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  let looking: Promise<boolean> | undefined;
  const answers = () => {
    looking ??= within(deadlineMs, look(pool), false).finally(() => {
      looking = undefined;
    });
    return looking;
  };
  return { answers, close: () => pool.end() };
}

/** A server that follows another, or one told to take no writes, answers reads. */
const look = (pool: pg.Pool): Promise<boolean> =>
  pool.query(`SELECT NOT (pg_is_in_recovery() OR current_setting('transaction_read_only')::bool) AS writable`).then(
    ({ rows }) => rows[0].writable,
    () => false,
  );
