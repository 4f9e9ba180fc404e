import { keyOf, type Ref } from '../domain/cluster.js';
import type { Loaded, Needs } from '../domain/needs.js';
import { infra } from '../domain/plugin.js';
import { isUuid } from './reading.js';
import {
  type ClusterRow,
  type OperationRow,
  type PluginRow,
  type StepRow,
  toCluster,
  toOperation,
  toPlugin,
  toStep,
} from './rows.js';
import type { Send, Statement } from './transaction.js';

/** Two parallel arrays for `unnest`. What is no UUID names nothing. */
function columns(refs: readonly Ref[]): [string[], string[]] {
  const named = refs.filter(({ id }) => isUuid(id));
  return [named.map(({ tenantId }) => tenantId), named.map(({ id }) => id)];
}

/**
 * Keys of the clusters named, of the operations' and of the steps'. `OFFSET 0` keeps each look-up one by key: a plan
 * made while the tables were small would read them whole when they no longer are.
 */
const named = `
  SELECT * FROM unnest($1::text[], $2::uuid[]) AS n (tenant_id, id)
  UNION
  SELECT o.* FROM unnest($3::text[], $4::uuid[]) AS n (tenant_id, id),
    LATERAL (SELECT o.tenant_id, o.cluster_id FROM cluster_operation o
      WHERE o.tenant_id = n.tenant_id AND o.id = n.id OFFSET 0) o
  UNION
  SELECT s.* FROM unnest($5::text[], $6::uuid[]) AS n (tenant_id, id),
    LATERAL (SELECT s.tenant_id, s.cluster_id FROM cluster_provision_step s
      WHERE s.tenant_id = n.tenant_id AND s.id = n.id OFFSET 0) s`;

/**
 * Takes the clusters' row locks in the order of their keys, on every server, so that no two batches wait for each
 * other. A commit beneath a cluster is therefore made by one batch at a time: the order of its revisions is the order
 * of its commits.
 */
const locking: Statement = {
  name: 'lock',
  text: `
    SELECT c.tenant_id AS "tenantId", c.id
    FROM (SELECT * FROM (${named}) AS named ORDER BY tenant_id, id OFFSET 0) AS n,
      LATERAL (SELECT c.tenant_id, c.id FROM cluster c WHERE c.tenant_id = n.tenant_id AND c.id = n.id
        FOR NO KEY UPDATE OFFSET 0) AS c`,
};

/** A statement of its own, after the locks: it sees all that was committed before they were granted. */
const loading: Statement = {
  name: 'load',
  text: `
    WITH named AS MATERIALIZED (${named}
    ), held AS MATERIALIZED (
      SELECT c.* FROM named n, LATERAL (SELECT * FROM cluster c WHERE c.tenant_id = n.tenant_id AND c.id = n.id OFFSET 0) c
    ), operation_ids AS MATERIALIZED (
      SELECT o.* FROM held, LATERAL (SELECT o.tenant_id, o.id FROM cluster_operation o
        WHERE o.tenant_id = held.tenant_id AND o.cluster_id = held.id AND o.state = 'RUNNING' OFFSET 0) o
      UNION
      SELECT * FROM unnest($3::text[], $4::uuid[])
      UNION
      SELECT s.* FROM unnest($5::text[], $6::uuid[]) AS n (tenant_id, id),
        LATERAL (SELECT s.tenant_id, s.operation_id FROM cluster_provision_step s
          WHERE s.tenant_id = n.tenant_id AND s.id = n.id OFFSET 0) s
    ), plugin_names AS (
      SELECT * FROM unnest($7::text[], $8::text[]) AS n (tenant_id, name)
      UNION
      SELECT c.tenant_id, unnest(ARRAY[$9, c.plugin_name]) FROM held c
        JOIN unnest($10::text[], $11::uuid[]) AS planned (tenant_id, id) USING (tenant_id, id)
    )
    SELECT json_build_object(
      'now', date_trunc('milliseconds', clock_timestamp()),
      'clusters', (SELECT json_agg(c) FROM held c),
      'operations', (SELECT json_agg(o) FROM operation_ids n,
        LATERAL (SELECT * FROM cluster_operation o WHERE o.tenant_id = n.tenant_id AND o.id = n.id OFFSET 0) o),
      'runs', (SELECT json_agg(r) FROM (
        SELECT held.tenant_id AS "tenantId", held.id, (SELECT max(number) FROM cluster_operation o
          WHERE o.tenant_id = held.tenant_id AND o.cluster_id = held.id) AS number FROM held) r),
      'steps', (SELECT json_agg(s) FROM operation_ids n, LATERAL (SELECT * FROM cluster_provision_step s
        WHERE s.tenant_id = n.tenant_id AND s.operation_id = n.id OFFSET 0) s),
      'units', (SELECT json_agg(json_build_object('tenantId', u.tenant_id, 'provisionStepId', u.provision_step_id,
          'unit', u.unit, 'successful', u.successful))
        FROM unnest($12::text[], $13::uuid[], $14::text[]) AS n (tenant_id, provision_step_id, unit),
        LATERAL (SELECT * FROM step_unit u WHERE u.tenant_id = n.tenant_id
          AND u.provision_step_id = n.provision_step_id AND u.unit = n.unit OFFSET 0) u),
      'plugins', (SELECT json_agg(p) FROM plugin p JOIN plugin_names USING (tenant_id, name)),
      'known', (SELECT json_agg(json_build_object('tenantId', k.tenant_id, 'id', k.id))
        FROM unnest($15::text[], $16::uuid[]) AS n (tenant_id, id),
        LATERAL (SELECT e.tenant_id, e.id FROM cluster_event e
          WHERE e.tenant_id = n.tenant_id AND e.id = n.id OFFSET 0) k)
    ) AS loaded`,
};

/** Null: none. */
interface LoadedRow {
  now: string;
  clusters: ClusterRow[] | null;
  operations: OperationRow[] | null;
  runs: (Ref & { number: number | null })[] | null;
  steps: StepRow[] | null;
  units: Loaded['units'] | null;
  plugins: PluginRow[] | null;
  known: Ref[] | null;
}

/** Locks the clusters that a batch concerns, and reads what it needs to know. */
export async function load(send: Send, needs: Needs): Promise<Loaded> {
  const { units, plugins } = needs;
  const concerned = [
    ...columns([...needs.clusters, ...needs.plans]),
    ...columns(needs.operations),
    ...columns(needs.steps),
  ];
  const [locked, [row]] = await Promise.all([
    send<Ref>(locking, concerned),
    send<{ loaded: LoadedRow }>(loading, [
      ...concerned,
      plugins.map(({ tenantId }) => tenantId),
      plugins.map(({ id }) => id),
      infra,
      ...columns(needs.plans),
      units.map(({ tenantId }) => tenantId),
      units.map(({ provisionStepId }) => provisionStepId),
      units.map(({ unit }) => unit),
      ...columns(needs.events),
    ]),
  ]);
  return toLoaded((row as { loaded: LoadedRow }).loaded, new Set(locked.map(keyOf)));
}

/** What came to be between the two statements is not locked, and so not seen. */
function toLoaded({ now, ...rows }: LoadedRow, locked: ReadonlySet<string>): Loaded {
  const isLocked = (tenantId: string, id: string) => locked.has(keyOf({ tenantId, id }));
  return {
    now: new Date(now),
    clusters: (rows.clusters ?? []).map(toCluster).filter(({ tenantId, id }) => isLocked(tenantId, id)),
    operations: (rows.operations ?? [])
      .map(toOperation)
      .filter(({ tenantId, clusterId }) => isLocked(tenantId, clusterId)),
    runs: new Map((rows.runs ?? []).map((run) => [keyOf(run), run.number ?? 0])),
    steps: (rows.steps ?? []).map(toStep).filter(({ tenantId, clusterId }) => isLocked(tenantId, clusterId)),
    units: rows.units ?? [],
    plugins: (rows.plugins ?? []).map(toPlugin),
    known: (rows.known ?? []).map(keyOf),
  };
}
