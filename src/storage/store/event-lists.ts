import { isUuid, storable } from '../../domain/input.js';
import type { FailurePage, LogPart, Texts } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { eventColumns } from './columns.js';
import { columnsWithin, conjunction, type Read, select } from './reading.js';
import { type EventRow, toEvent } from './rows.js';

const { sql } = Prisma;

type ListRow = EventRow & { found: number; excessive: boolean };

const columns = select('e', eventColumns);
const newestFirst = sql`ORDER BY e.created_at DESC, e.revision DESC, e.id DESC`;

/** Those of these events that are there. */
export function eventsById(read: Read, tenantId: string, ids: readonly string[], texts: Texts): Promise<LogPart> {
  const uuids = ids.filter(isUuid);
  return list(
    read,
    texts,
    sql`
    SELECT ${columns} FROM cluster_event e WHERE e.tenant_id = ${tenantId} AND e.id = ANY(${uuids}::uuid[])`,
  );
}

/** E5: those of deleted clusters, too. */
export const eventsByErrorId = (read: Read, tenantId: string, errorId: string, first: number, texts: Texts) =>
  list(
    read,
    texts,
    sql`
    SELECT ${columns} FROM cluster_event e WHERE e.tenant_id = ${tenantId} AND e.error_id = ${storable(errorId)}
    ${newestFirst} LIMIT ${first}`,
  );

/** Failures of all clusters that are not deleted, newest first. */
export function failurePage(
  read: Read,
  tenantId: string,
  { first, after, since, texts }: FailurePage,
): Promise<LogPart> {
  const conditions = conjunction([
    sql`e.tenant_id = ${tenantId} AND NOT e.successful AND c.deleted_at IS NULL`,
    after &&
      sql`(e.created_at, e.revision, e.id)
      < (${after.createdAt}::timestamptz, ${after.revision}::bigint, ${after.id}::uuid)`,
    since && sql`e.created_at >= ${since}::timestamptz`,
  ]);
  return list(
    read,
    texts,
    sql`
    SELECT ${columns} FROM cluster_event e JOIN cluster c ON c.tenant_id = e.tenant_id AND c.id = e.cluster_id
    WHERE ${conditions} ${newestFirst} LIMIT ${first}`,
  );
}

/** The events of a statement, newest first, which end early by their texts. Only texts that are returned are fetched. */
async function list(read: Read, texts: Texts, events: Prisma.Sql): Promise<LogPart> {
  const rows = await read<ListRow>(sql`
    WITH weighed AS (
      SELECT e.*, (count(*) OVER ())::int AS found, sum(octet_length(e.event_info)) OVER (
        ${newestFirst} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS before_all
      FROM (${events}) AS e
    )
    SELECT found, ${columnsWithin('e', texts)} FROM weighed e
    WHERE ${texts ? sql`before_all IS NULL OR before_all < ${texts.page}::bigint` : sql`true`} ${newestFirst}`);
  return {
    events: rows.map(toEvent),
    cut: rows.length < (rows[0]?.found ?? 0),
    excessive: rows.some(({ excessive }) => excessive),
    end: null,
  };
}
