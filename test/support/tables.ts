import pg from 'pg';

const tables = ['plugin', 'cluster', 'cluster_operation', 'cluster_provision_step', 'step_unit', 'cluster_event'];

/** All that the database at `url` holds, by table, with the transaction that wrote each row: equal when nobody wrote. */
export async function dump(url: string): Promise<Record<string, string[]>> {
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
