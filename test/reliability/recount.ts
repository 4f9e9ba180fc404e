import pg from 'pg';

/** Steps whose counters are not what their log says, recounted by S5 and S8. Empty when all counters are correct. */
export const miscounted = (url: string) =>
  rows(
    url,
    `WITH last AS (
       SELECT DISTINCT ON (provision_step_id, unit) provision_step_id, successful
       FROM (SELECT *, coalesce('i:' || instance_id, 'n:' || instance_name, 'e:' || id) AS unit FROM cluster_event WHERE NOT late) e
       ORDER BY provision_step_id, unit, revision DESC
     ), counted AS (
       SELECT s.id, s.state, s.successful, s.completed, s.failed, s.total,
         count(*) FILTER (WHERE l.successful)::int AS done, count(*) FILTER (WHERE NOT l.successful)::int AS bad
       FROM cluster_provision_step s LEFT JOIN last l ON l.provision_step_id = s.id GROUP BY s.tenant_id, s.id
     )
     SELECT * FROM counted WHERE (completed, failed) <> (done, bad)
       OR successful IS DISTINCT FROM CASE WHEN bad > 0 THEN false WHEN done = total THEN true END`,
  );

/** The ids of all events, cluster by cluster, in the order of the log. */
export async function logged(url: string, clusterId?: string): Promise<string[]> {
  const sql = `SELECT id FROM cluster_event WHERE cluster_id = coalesce($1, cluster_id) ORDER BY cluster_id, revision`;
  return (await rows<{ id: string }>(url, sql, clusterId ?? null)).map(({ id }) => id);
}

/** What a statement answers, on a connection of its own. */
export async function rows<Row extends pg.QueryResultRow>(url: string, sql: string, ...values: unknown[]) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
