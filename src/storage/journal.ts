import { type Cluster, keyOf, type Ref } from '../domain/cluster.js';
import type { Loaded, Needs } from '../domain/needs.js';
import { infra } from '../domain/plugin.js';
import type { Journal, Log } from '../domain/ports.js';
import { World } from '../domain/world.js';
import { reached } from './faults.js';
import type { Prisma, PrismaClient } from './generated/client.js';
import { keep, type Notices } from './keep.js';
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
import { createStatistics } from './statistics.js';

type Transaction = Prisma.TransactionClient;

export interface JournalOptions {
  readonly prisma: PrismaClient;
  /** Where each commit tells other servers, or null where another bus does. */
  readonly notices: Notices | null;
  readonly log: Log;
}

/** The write side of the store: lock, load, judge, keep. */
export function createJournal({ prisma, notices, log }: JournalOptions): Journal {
  const statistics = createStatistics(prisma, log);
  return {
    transact: (needs, judge) =>
      reached(() =>
        prisma.$transaction(
          async (tx) => {
            const locked = await lock(tx, needs);
            const world = new World(await load(tx, needs, locked));
            const result = judge(world);
            const changes = world.changes();
            await keep(tx, changes, notices);
            statistics.stored(changes.events.length);
            return result;
          },
          { maxWait: 5_000, timeout: 30_000 },
        ),
      ),
  };
}

/** Two parallel arrays for `unnest`. What is no UUID names nothing. */
function columns(refs: readonly Ref[]): [string[], string[]] {
  const named = refs.filter(({ id }) => isUuid(id));
  return [named.map(({ tenantId }) => tenantId), named.map(({ id }) => id)];
}

/**
 * Takes the clusters' row locks in the order of their keys, on every server, so that no two batches wait for each
 * other. A commit beneath a cluster is therefore made by one batch at a time: the order of its revisions is the order
 * of its commits.
 */
async function lock(tx: Transaction, needs: Needs): Promise<ClusterRow[]> {
  const [clusterTenants, clusterIds] = columns([...needs.clusters, ...needs.plans]);
  const [operationTenants, operationIds] = columns(needs.operations);
  const [stepTenants, stepIds] = columns(needs.steps);
  if (clusterIds.length + operationIds.length + stepIds.length === 0) return [];
  return tx.$queryRaw<ClusterRow[]>`
    WITH named AS (
      SELECT * FROM unnest(${clusterTenants}::text[], ${clusterIds}::uuid[]) AS n (tenant_id, id)
      UNION
      SELECT o.tenant_id, o.cluster_id FROM cluster_operation o
        JOIN unnest(${operationTenants}::text[], ${operationIds}::uuid[]) AS n (tenant_id, id) USING (tenant_id, id)
      UNION
      SELECT s.* FROM unnest(${stepTenants}::text[], ${stepIds}::uuid[]) AS n (tenant_id, id),
        LATERAL (SELECT s.tenant_id, s.cluster_id FROM cluster_provision_step s
          WHERE s.tenant_id = n.tenant_id AND s.id = n.id OFFSET 0) s
    )
    SELECT c.* FROM cluster c JOIN named USING (tenant_id, id)
    ORDER BY c.tenant_id, c.id
    FOR NO KEY UPDATE OF c`;
}

interface LoadedRow {
  now: Date;
  operations: OperationRow[];
  runs: { tenant_id: string; cluster_id: string; number: number }[];
  steps: StepRow[];
  units: { tenant_id: string; provision_step_id: string; unit: string; successful: boolean }[];
  plugins: PluginRow[];
  known: { tenant_id: string; id: string }[];
}

/**
 * A statement of its own, after the locks: it sees all that was committed before they were granted. `OFFSET 0` keeps
 * each look-up one by key: a plan made while the tables were small would read them whole when they no longer are.
 */
async function load(tx: Transaction, needs: Needs, locked: readonly ClusterRow[]): Promise<Loaded> {
  const clusters = locked.map(toCluster);
  const [clusterTenants, clusterIds] = columns(clusters);
  const [operationTenants, operationIds] = columns(needs.operations);
  const [stepTenants, stepIds] = columns(needs.steps);
  const [eventTenants, eventIds] = columns(needs.events);
  const { units } = needs;
  const plugins = [...needs.plugins, ...declarers(clusters, needs.plans)];
  const [row] = await tx.$queryRaw<[LoadedRow]>`
    WITH held AS MATERIALIZED (
      SELECT * FROM unnest(${clusterTenants}::text[], ${clusterIds}::uuid[]) AS n (tenant_id, cluster_id)
    ), operation_ids AS MATERIALIZED (
      SELECT o.tenant_id, o.id FROM cluster_operation o JOIN held USING (tenant_id, cluster_id) WHERE o.state = 'RUNNING'
      UNION
      SELECT * FROM unnest(${operationTenants}::text[], ${operationIds}::uuid[])
      UNION
      SELECT s.* FROM unnest(${stepTenants}::text[], ${stepIds}::uuid[]) AS n (tenant_id, id),
        LATERAL (SELECT s.tenant_id, s.operation_id FROM cluster_provision_step s
          WHERE s.tenant_id = n.tenant_id AND s.id = n.id OFFSET 0) s
    )
    SELECT date_trunc('milliseconds', clock_timestamp()) AS now,
      (SELECT coalesce(json_agg(o), '[]') FROM operation_ids n,
        LATERAL (SELECT * FROM cluster_operation o WHERE o.tenant_id = n.tenant_id AND o.id = n.id OFFSET 0) o) AS operations,
      (SELECT coalesce(json_agg(r), '[]') FROM (
        SELECT held.*, (SELECT max(number) FROM cluster_operation o
          WHERE o.tenant_id = held.tenant_id AND o.cluster_id = held.cluster_id) AS number FROM held) r) AS runs,
      (SELECT coalesce(json_agg(s), '[]') FROM operation_ids n, LATERAL (SELECT * FROM cluster_provision_step s
        WHERE s.tenant_id = n.tenant_id AND s.operation_id = n.id OFFSET 0) s) AS steps,
      (SELECT coalesce(json_agg(u), '[]') FROM
        unnest(${units.map((unit) => unit.tenantId)}::text[], ${units.map((unit) => unit.provisionStepId)}::uuid[], ${units.map((unit) => unit.unit)}::text[]) AS n (tenant_id, provision_step_id, unit),
        LATERAL (SELECT * FROM step_unit u WHERE u.tenant_id = n.tenant_id
          AND u.provision_step_id = n.provision_step_id AND u.unit = n.unit OFFSET 0) u) AS units,
      (SELECT coalesce(json_agg(p), '[]') FROM plugin p
        JOIN unnest(${plugins.map(({ tenantId }) => tenantId)}::text[], ${plugins.map(({ id }) => id)}::text[]) AS n (tenant_id, name)
        USING (tenant_id, name)) AS plugins,
      (SELECT coalesce(json_agg(k), '[]') FROM unnest(${eventTenants}::text[], ${eventIds}::uuid[]) AS n (tenant_id, id),
        LATERAL (SELECT e.tenant_id, e.id FROM cluster_event e
          WHERE e.tenant_id = n.tenant_id AND e.id = n.id OFFSET 0) k) AS known`;
  return {
    now: row.now,
    clusters,
    operations: row.operations.map(toOperation),
    runs: new Map(row.runs.map((run) => [keyOf({ tenantId: run.tenant_id, id: run.cluster_id }), run.number ?? 0])),
    steps: row.steps.map(toStep),
    units: row.units.map((unit) => ({
      tenantId: unit.tenant_id,
      provisionStepId: unit.provision_step_id,
      unit: unit.unit,
      successful: unit.successful,
    })),
    plugins: row.plugins.map(toPlugin),
    known: row.known.map(({ tenant_id, id }) => keyOf({ tenantId: tenant_id, id })),
  };
}

/** S1: the plugins whose declared steps make up a cluster's plan. */
function declarers(clusters: readonly Cluster[], plans: readonly Ref[]): Ref[] {
  const planned = new Set(plans.map(keyOf));
  return clusters
    .filter((cluster) => planned.has(keyOf(cluster)))
    .flatMap(({ tenantId, pluginName }) => [infra, pluginName ?? infra].map((id) => ({ tenantId, id })));
}
