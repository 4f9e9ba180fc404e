import { isUuid } from '../../domain/input.js';
import type { EventFilter, EventPage, LogPage } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { eventColumns } from './columns.js';
import { type Read, select } from './reading.js';
import { type EventRow, toEvent } from './rows.js';

const { sql, empty } = Prisma;

/** One row at least for a cluster that is there, with `erased_through`; without an event when there is none to read. */
type EventPageRow = { erased_through: number } & (EventRow | { id: null });

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
  if (!isUuid(clusterId) || (stepId !== undefined && !isUuid(stepId))) return { events: [], erasedThrough: 0 };
  // A cursor may be any number: one beyond every revision has nothing after it.
  const cursor = sql`${after}::bigint`;
  const cluster = sql`c.tenant_id = ${tenantId} AND c.id = ${clusterId}::uuid AND (${evenDeleted} OR c.deleted_at IS NULL)`;
  const stepOf = sql`s.tenant_id = c.tenant_id AND s.cluster_id = c.id`;
  const rows = await read<EventPageRow>(sql`
    WITH place AS MATERIALIZED (${
      stepId === undefined
        ? sql`SELECT (SELECT coalesce(max(s.erased_through), 0) FROM cluster_provision_step s
              WHERE ${stepOf} AND s.erased_through > ${cursor}) AS erased_through
            FROM cluster c WHERE ${cluster}`
        : sql`SELECT CASE WHEN s.erased_through > ${cursor} THEN s.erased_through ELSE 0 END AS erased_through
            FROM cluster c JOIN cluster_provision_step s ON ${stepOf} AND s.id = ${stepId}::uuid WHERE ${cluster}`
    }), page AS (
      SELECT ${select('e', eventColumns)} FROM cluster_event e
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
    SELECT place.erased_through, page.* FROM place LEFT JOIN ${
      bytes === undefined ? sql`page ON true` : sql`weighed AS page ON before IS NULL OR before < ${bytes}::bigint`
    } ORDER BY page.revision`);
  return {
    events: rows.filter((row): row is EventPageRow & EventRow => row.id !== null).map(toEvent),
    erasedThrough: rows[0]?.erased_through ?? 0,
  };
}

/** Goes down the log from its end, so many matching events; null when none matches. */
export async function revisionOfLast(
  read: Read,
  tenantId: string,
  { clusterId, stepId, successful }: EventFilter,
  last: number,
): Promise<number | null> {
  const [row] = await read<{ revision: number | null }>(sql`
    SELECT min(revision) AS revision FROM (
      SELECT e.revision FROM cluster_event e
      WHERE e.tenant_id = ${tenantId}
        AND ${stepId === undefined ? sql`e.cluster_id = ${clusterId}::uuid` : sql`e.provision_step_id = ${stepId}::uuid`}
        ${successful === undefined ? empty : successful ? sql`AND e.successful` : sql`AND NOT e.successful`}
      ORDER BY e.revision DESC LIMIT ${last}) AS newest`);
  return row?.revision ?? null;
}
