import type pg from 'pg';
import type { Log } from '../../domain/ports.js';
import { StartError } from '../start-error.js';

/** Milliseconds: after the first the log says that we wait, after the second the start is given up. */
export interface LockTimes {
  readonly noticeMs: number;
  readonly timeoutMs: number;
}

/**
 * Opens a transaction that holds the lock of migrations until it ends. The lock is the transaction's: behind a
 * pooler that gives each transaction another connection, one of the session would stay with somebody else's.
 *
 * Throws a StartError that names the holder when another has it for `timeoutMs`.
 */
export async function beginAlone(client: pg.Client, { noticeMs, timeoutMs }: LockTimes, log: Log): Promise<void> {
  const start = Date.now();
  for (let wait = noticeMs; !(await tryBegin(client, wait)); wait = remaining()) {
    const holder = await findHolder(client);
    if (remaining() <= 0) {
      throw new StartError(
        `another server has been migrating this database for ${Math.round(timeoutMs / 1000)} s (${holder}): start again when it is done, or end that connection if it hangs`,
      );
    }
    log.warn({ holder }, 'another server is migrating this database; waiting for it');
  }

  function remaining(): number {
    return start + timeoutMs - Date.now();
  }
}

/** Whether it got the lock within `ms`. The session's own time limits do not hold for migrations. */
async function tryBegin(client: pg.Client, ms: number): Promise<boolean> {
  const limit = Math.max(1, Math.ceil(ms));
  // What was committed while we waited must be seen, whatever the database's default isolation.
  await client.query(
    `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${limit}`,
  );
  try {
    await client.query(timed(`SELECT pg_advisory_xact_lock(${migrationKey})`, limit + answerMs));
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error;
    await client.query('ROLLBACK');
    return false;
  }
}

/** Milliseconds in which a database that is not frozen has answered. */
export const answerMs = 15_000;

/** With a deadline of its own, which pg knows and its types do not. */
export const timed = (text: string, ms: number) => ({ text, query_timeout: ms }) as pg.QueryConfig;

/** The number that Prisma's CLI locks as well. */
const migrationKey = 72_707_369;

async function findHolder(client: pg.Client): Promise<string> {
  const { rows } = await client.query(
    `SELECT a.pid, a.usename, a.application_name AS application, host(a.client_addr) AS address, a.state,
       extract(epoch FROM now() - a.xact_start)::int AS seconds
     FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = ${migrationKey} AND l.objsubid = 1
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  const [row] = rows;
  if (!row) return 'which has just ended';
  const from = row.address ? ` at ${row.address}` : '';
  return `process ${row.pid} of user ${row.usename}, application "${row.application}"${from}, ${row.state}, for ${row.seconds} s`;
}
