import type { Pool } from 'pg';

/** What the rows of a reported event hold. */
export interface EventRow {
  readonly id: string;
  readonly instanceId?: string | null;
  readonly instanceName?: string | null;
}

/** Where the commit has brought the cluster and its step. */
export interface Stored {
  readonly revision: number;
  readonly completed: number;
}

/**
 * A bare commit: events of one step, each a success of a new unit, in one statement written by hand, and so in one
 * transaction and one round trip. No rules: what ours finds out is taken for granted.
 */
export async function store(
  pool: Pool,
  clusterId: string,
  stepId: string,
  events: readonly EventRow[],
): Promise<Stored> {
  const { rows } = await pool.query<Stored>({
    name: 'store',
    text: statement,
    values: [
      clusterId,
      stepId,
      events.map(({ id }) => id),
      events.map(({ instanceId }) => instanceId),
      events.map(({ instanceName }) => instanceName),
      events.length,
    ],
  });
  return rows[0] as Stored;
}

const statement = `
  WITH revised AS (
    UPDATE cluster SET revision = revision + $6::int, updated_at = now() WHERE tenant_id = 'default' AND id = $1
    RETURNING revision - $6::int AS before, revision
  ), stepped AS (
    UPDATE cluster_provision_step SET completed = completed + $6::int, revision = (SELECT revision FROM revised),
      updated_at = now() WHERE tenant_id = 'default' AND id = $2 RETURNING completed
  ), counted AS (
    INSERT INTO step_unit (tenant_id, provision_step_id, key, instance_id, state, reports, first_report_at, last_report_at)
    SELECT 'default', $2, 'i:' || instance, instance, 'SUCCEEDED', 1, now(), now() FROM unnest($4::text[]) AS instance
    ON CONFLICT (tenant_id, provision_step_id, key) DO UPDATE SET state = excluded.state, reports = step_unit.reports + 1, last_report_at = now()
  ), logged AS (
    INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, node_group_id, instance_id, instance_name,
      successful, revision, occurred_at, created_at, updated_at)
    SELECT 'default', id, $1, $2, 'workers', instance, name, true, (SELECT before FROM revised) + number, now(), now(), now()
    FROM unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS n (id, instance, name, number)
    ON CONFLICT (tenant_id, id) DO NOTHING
  )
  SELECT revision, completed FROM revised, stepped`;
