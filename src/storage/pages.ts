import type { Cluster } from '../domain/cluster.js';
import { storable } from '../domain/input.js';
import type { ClusterFilter, EventFilter, EventPage, LogPage, Page } from '../domain/ports.js';
import { Prisma } from './generated/client.js';
import { isUuid, type Read } from './reading.js';
import { type ClusterRow, type EventRow, toCluster, toEvent } from './rows.js';

const { sql, empty, join } = Prisma;

export async function clusterPage(
  read: Read,
  tenantId: string,
  { status, name, running }: ClusterFilter,
  { first, after }: Page<{ createdAt: Date; id: string }>,
): Promise<Cluster[]> {
  if (after && !isUuid(after.id)) return [];
  const runs = sql`EXISTS (SELECT FROM cluster_operation o
    WHERE o.tenant_id = c.tenant_id AND o.cluster_id = c.id AND o.state = 'RUNNING')`;
  const conditions = [
    sql`c.tenant_id = ${tenantId} AND c.deleted_at IS NULL`,
    after && sql`(c.created_at, c.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
    status && sql`c.status = ANY(${status.map(storable)}::text[])`,
    name && sql`c.name ILIKE ${containing(name)}`,
    running !== undefined && (running ? runs : sql`NOT ${runs}`),
  ].filter((condition) => condition instanceof Prisma.Sql);
  const rows = await read<ClusterRow>(sql`
    SELECT c.* FROM cluster c WHERE ${join(conditions, ' AND ')}
    ORDER BY c.created_at DESC, c.id DESC LIMIT ${first}`);
  return rows.map(toCluster);
}

/** The pattern of a text that contains this one, whose own wildcards mean themselves. */
const containing = (text: string) => `%${storable(text).replace(/[\\%_]/g, '\\$&')}%`;

/** One row at least for a cluster that is there, with `erased`; without an event when there is none to read. */
type EventPageRow = { erased: boolean } & (EventRow | { id: null });

/**
 * Whether events are gone is read in the same statement as the events (W4): an erasing between two would be missed.
 * A step's events are reached by its id alone, whose index holds them in order; that it is the cluster's own is asked of the step.
 */
export async function eventPage(
  read: Read,
  tenantId: string,
  { clusterId, stepId, successful, evenDeleted = false }: EventFilter,
  { first, after = 0, bytes }: LogPage,
): Promise<EventPage> {
  if (!isUuid(clusterId) || (stepId !== undefined && !isUuid(stepId))) return { events: [], erased: false };
  // A cursor may be any number: one beyond every revision has nothing after it.
  const cursor = sql`${after}::bigint`;
  const cluster = sql`c.tenant_id = ${tenantId} AND c.id = ${clusterId}::uuid AND (${evenDeleted} OR c.deleted_at IS NULL)`;
  const stepOf = sql`s.tenant_id = c.tenant_id AND s.cluster_id = c.id`;
  const rows = await read<EventPageRow>(sql`
    WITH place AS MATERIALIZED (${
      stepId === undefined
        ? sql`SELECT EXISTS (SELECT FROM cluster_provision_step s WHERE ${stepOf} AND s.erased_through > ${cursor}) AS erased
            FROM cluster c WHERE ${cluster}`
        : sql`SELECT s.erased_through > ${cursor} AS erased
            FROM cluster c JOIN cluster_provision_step s ON ${stepOf} AND s.id = ${stepId}::uuid WHERE ${cluster}`
    }), page AS (
      SELECT e.* FROM cluster_event e
      WHERE e.tenant_id = ${tenantId}
        AND ${stepId === undefined ? sql`e.cluster_id = ${clusterId}::uuid` : sql`e.provision_step_id = ${stepId}::uuid`}
        AND e.revision > ${cursor}
        ${successful === undefined ? empty : successful ? sql`AND e.successful` : sql`AND NOT e.successful`}
      ORDER BY e.revision LIMIT ${first}
    )${
      bytes === undefined
        ? empty
        : sql`, weighed AS (
      SELECT page.*, sum(octet_length(event_info)) OVER (ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        AS before FROM page
    )`
    }
    SELECT place.erased, page.* FROM place LEFT JOIN ${
      bytes === undefined ? sql`page ON true` : sql`weighed AS page ON before IS NULL OR before < ${bytes}::bigint`
    } ORDER BY page.revision`);
  return {
    events: rows.filter((row): row is EventPageRow & EventRow => row.id !== null).map(toEvent),
    erased: rows[0]?.erased ?? false,
  };
}
