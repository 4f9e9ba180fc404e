import pg from 'pg';
import { onTestFinished } from 'vitest';
import { until } from '../support/wait.js';

/** Blocks statements that read the table until `release`. */
export async function hold(databaseUrl: string, table: string) {
  const holder = new pg.Client(databaseUrl);
  const observer = new pg.Client(databaseUrl);
  await Promise.all([holder.connect(), observer.connect()]);
  let released: Promise<void> | undefined;
  const release = () => {
    released ??= holder.end();
    return released;
  };
  onTestFinished(async () => {
    await release();
    await observer.end();
  });
  await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  const waiting = async () => {
    // Those that read: the server's own upkeep, which may wait as well, takes other locks.
    const sql = `SELECT count(*)::int AS count FROM pg_locks
      WHERE NOT granted AND mode = 'AccessShareLock' AND relation = '${table}'::regclass`;
    return (await observer.query<{ count: number }>(sql)).rows[0]?.count ?? 0;
  };
  return {
    release,
    /** Number of blocked statements. */
    waiting,
    /** Resolves when so many do. */
    reached: (count: number) => until(async () => (await waiting()) >= count),
  };
}
