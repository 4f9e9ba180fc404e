import type { Cluster } from '../../domain/cluster.js';
import { isUuid, storable } from '../../domain/input.js';
import type { ClusterCounts, ClusterFilter, ClusterKey, ClusterOrder, ClusterPage } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { clusterColumns } from './columns.js';
import { beyond, conjunction, containing, type Read, select } from './reading.js';
import { type ClusterRow, toCluster } from './rows.js';

const { sql, empty } = Prisma;

const newestFirst: ClusterOrder = { field: 'CREATED_AT', direction: 'DESC' };

export async function clusterPage(
  read: Read,
  tenantId: string,
  filter: ClusterFilter,
  { first, after, before, backward = false, order = newestFirst }: ClusterPage,
): Promise<Cluster[]> {
  if ([after, before].some((key) => key && !isUuid(key.id))) return [];
  const { column, type } = orders[order.field];
  const descending = order.direction === 'DESC';
  const place = ({ value, id }: ClusterKey) =>
    sql`(${typeof value === 'string' ? storable(value) : value}::${type}, ${id}::uuid)`;
  const conditions = conjunction([
    matching(tenantId, filter),
    after && sql`(${column}, c.id) ${beyond(!descending)} ${place(after)}`,
    before && sql`(${column}, c.id) ${beyond(descending)} ${place(before)}`,
  ]);
  const direction = descending !== backward ? sql`DESC` : sql`ASC`;
  const rows = await read<ClusterRow>(sql`
    SELECT ${select('c', clusterColumns)} FROM cluster c ${newestIf(filter)}
    WHERE ${conditions} ORDER BY ${column} ${direction}, c.id ${direction} LIMIT ${first}`);
  const clusters = rows.map(toCluster);
  return backward ? clusters.reverse() : clusters;
}

const orders = {
  CREATED_AT: { column: sql`c.created_at`, type: sql`timestamptz` },
  UPDATED_AT: { column: sql`c.updated_at`, type: sql`timestamptz` },
  NAME: { column: sql`c.name`, type: sql`text` },
} as const;

export async function clusterCounts(read: Read, tenantId: string, filter: ClusterFilter): Promise<ClusterCounts> {
  const [counts] = await read<ClusterCounts>(sql`
    SELECT count(*)::int AS all,
      (count(*) FILTER (WHERE newest.state = 'RUNNING'))::int AS running,
      (count(*) FILTER (WHERE newest.state IN ('FAILED', 'INTERRUPTED')))::int AS failed,
      (count(*) FILTER (WHERE newest.state = 'RUNNING' AND ${fails}))::int AS failing,
      (count(*) FILTER (WHERE newest.state = 'RUNNING' AND ${stalls}))::int AS stalled,
      (count(*) FILTER (WHERE newest.state IS DISTINCT FROM 'RUNNING'))::int AS idle
    FROM cluster c ${newest} WHERE ${matching(tenantId, filter)}`);
  return counts as ClusterCounts;
}

/** O2: an operation that runs is the newest. */
const newest = sql`
  LEFT JOIN LATERAL (
    SELECT o.state, o.type FROM cluster_operation o
    WHERE o.tenant_id = c.tenant_id AND o.cluster_id = c.id ORDER BY o.number DESC LIMIT 1
  ) AS newest ON true`;

const newestIf = ({ state, type }: ClusterFilter) => (state || type ? newest : empty);

/** What holds of the clusters `c` that match; where `state` or `type` is given, of `newest`, too. */
function matching(
  tenantId: string,
  {
    ids,
    status,
    name,
    pluginName,
    state,
    type,
    running,
    failing,
    stalled,
    updatedSince,
    deleted = false,
  }: ClusterFilter,
): Prisma.Sql {
  return conjunction([
    sql`c.tenant_id = ${tenantId}`,
    deleted ? sql`c.deleted_at IS NOT NULL` : sql`c.deleted_at IS NULL`,
    ids && sql`c.id = ANY(${ids.filter(isUuid)}::uuid[])`,
    status && sql`c.status = ANY(${status.map(storable)}::text[])`,
    !!name && sql`c.name ILIKE ${containing(name)}`,
    pluginName && sql`c.plugin_name = ANY(${pluginName.map(storable)}::text[])`,
    state && sql`newest.state = ANY(${state}::"OperationState"[])`,
    type && sql`newest.type = ${type}::"StepType"`,
    running !== undefined && (running ? runs : sql`NOT ${runs}`),
    failing !== undefined && (failing ? fails : sql`NOT ${fails}`),
    stalled !== undefined && (stalled ? stalls : sql`NOT ${stalls}`),
    updatedSince && sql`c.updated_at >= ${updatedSince}::timestamptz`,
  ]);
}

const runs = sql`EXISTS (SELECT FROM cluster_operation o
  WHERE o.tenant_id = c.tenant_id AND o.cluster_id = c.id AND o.state = 'RUNNING')`;

/** S6: only the steps of what runs are looked at, which indexes lead to. */
const fails = sql`EXISTS (SELECT FROM cluster_operation o
  JOIN cluster_provision_step s ON s.tenant_id = o.tenant_id AND s.operation_id = o.id AND s.state = 'FAILED'
  WHERE o.tenant_id = c.tenant_id AND o.cluster_id = c.id AND o.state = 'RUNNING')`;

/** P3: few are, and an index knows them. */
const stalls = sql`EXISTS (SELECT FROM cluster_provision_step s
  JOIN cluster_operation o ON o.tenant_id = s.tenant_id AND o.id = s.operation_id AND o.state = 'RUNNING'
  WHERE s.tenant_id = c.tenant_id AND s.cluster_id = c.id AND s.stalled_since IS NOT NULL)`;
