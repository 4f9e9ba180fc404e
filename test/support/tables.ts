import pg from 'pg';
import { until } from './wait.js';

const tables = ['plugin', 'cluster', 'cluster_operation', 'cluster_provision_step', 'step_unit', 'cluster_event'];

/** Resolves once the server has looked at all that is due (P3): until then it writes by itself when that is due next. */
export async function settled(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const due = 'SELECT FROM cluster_provision_step WHERE due_at <= now()';
  try {
    await until(async () => (await client.query(due)).rowCount === 0);
  } finally {
    await client.end();
  }
}

/** All that the database at `url` holds once nothing is due, by table, with the transaction that wrote each row: equal when nothing was written. */
export async function dump(url: string): Promise<Record<string, string[]>> {
  await settled(url);
  const client = new pg.Client(url);
  await client.connect();
  try {
    const all: Record<string, string[]> = {};
    for (const table of tables) {
      const sql = `SELECT xmin || ' ' || t::text AS row FROM ${table} t ORDER BY 1`;
      all[table] = (await client.query<{ row: string }>(sql)).rows.map(({ row }) => row);
    }
    return all;
  } finally {
    await client.end();
  }
}
