import { isUuid, storable } from '../../domain/input.js';
import type { EventConditions, LogPages, LogPart, LogRef } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { eventColumns } from './columns.js';
import { columnsWithin, conjunction, containing, type Read, select } from './reading.js';
import { type EventRow, toEvent } from './rows.js';

const { sql, empty } = Prisma;

/**
 * What a search may look at where no index leads to what it looks for: so many events, and so many bytes of their
 * texts. Many logs at once share it.
 */
const searched = { events: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** One row for each event, `n` saying of which log; without an event for a log that has none on its page. */
type LogRow = { n: number; edge: number | null } & ((EventRow & { found: number; excessive: boolean }) | { id: null });

/** What is asked of each log. */
interface Question extends Omit<LogPages, 'texts' | 'conditions'> {
  readonly tenantId: string;
  readonly ofSteps: boolean;
  readonly conditions: EventConditions;
  /** How far each log is searched. Null: an index leads to every event that is asked for. */
  readonly search: { readonly events: number; readonly bytes: number } | null;
}

/**
 * The same page of several logs, in one statement: a walk down the index for each, which ends after `first` events, or
 * where its search ends. Texts are weighed by their length alone, and only those that are returned are fetched.
 */
export async function eventPages(
  read: Read,
  tenantId: string,
  logs: readonly LogRef[],
  { texts, conditions = {}, ...page }: LogPages,
): Promise<LogPart[]> {
  const asked = logs.flatMap((log, n) => (isLog(log) ? [{ ...log, n }] : []));
  const found = logs.map((): LogRow[] => []);
  if (asked.length > 0 && (conditions.operationId === undefined || isUuid(conditions.operationId))) {
    const ofSteps = asked[0]?.stepId !== undefined;
    const question = { ...page, tenantId, ofSteps, conditions, search: searchOf(conditions, ofSteps, asked.length) };
    const rows = await read<LogRow>(sql`
      WITH log AS (${ofSteps ? stepLogs(tenantId, asked, conditions) : clusterLogs(tenantId, asked, conditions)}),
      page AS (
        SELECT log.n, edge.revision AS edge, e.*, sum(octet_length(e.event_info)) OVER (
          ORDER BY log.n, e.revision ${direction(question)} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before_all
        FROM log CROSS JOIN LATERAL (${edgeOfLog(question)}) AS edge
        LEFT JOIN LATERAL (${pageOfLog(question)}) AS e
          ON ${texts ? sql`e.before IS NULL OR e.before < ${texts.page}::bigint` : sql`true`}
      )
      SELECT n, edge, found, ${columnsWithin('page', texts)} FROM page ORDER BY n, revision`);
    for (const row of rows) found[row.n]?.push(row);
  }
  return found.map((rows) => toPart(rows, page.first));
}

function toPart(rows: readonly LogRow[], first: number): LogPart {
  const events = rows.filter(
    (row): row is LogRow & EventRow & { found: number; excessive: boolean } => row.id !== null,
  );
  const found = events[0]?.found ?? 0;
  return {
    events: events.map(toEvent),
    cut: events.length < found,
    excessive: events.some(({ excessive }) => excessive),
    end: found < first ? (rows[0]?.edge ?? null) : null,
  };
}

const isLog = ({ clusterId, stepId }: LogRef) => isUuid(clusterId) && (stepId === undefined || isUuid(stepId));

/** Null when each walk comes only upon events that are asked for. */
function searchOf(conditions: EventConditions, ofSteps: boolean, logs: number): Question['search'] {
  if (unindexed('', conditions, ofSteps).length === 0) return null;
  const share = (all: number) => Math.ceil(all / logs);
  return { events: share(searched.events), bytes: share(searched.bytes) };
}

type Asked = readonly (LogRef & { n: number })[];

/** Those of clusters that are there; of an operation, where its events lie: operations follow one another, but for reports that came late (S8). */
const clusterLogs = (tenantId: string, asked: Asked, { operationId }: EventConditions) => sql`
  SELECT log.n, c.id AS cluster_id ${operationId === undefined ? empty : sql`, span.low, span.high`}
  FROM unnest(${asked.map(({ n }) => n)}::int[], ${asked.map(({ clusterId }) => clusterId)}::uuid[]) AS log (n, cluster_id)
  JOIN cluster c ON c.tenant_id = ${tenantId} AND c.id = log.cluster_id
  ${
    operationId === undefined
      ? empty
      : sql`CROSS JOIN LATERAL (
          SELECT min(oldest.revision) AS low, max(newest.revision) AS high FROM cluster_provision_step s
          CROSS JOIN LATERAL (SELECT e.revision FROM cluster_event e
            WHERE e.tenant_id = ${tenantId} AND e.provision_step_id = s.id ORDER BY e.revision LIMIT 1) AS oldest
          CROSS JOIN LATERAL (SELECT e.revision FROM cluster_event e
            WHERE e.tenant_id = ${tenantId} AND e.provision_step_id = s.id ORDER BY e.revision DESC LIMIT 1) AS newest
          WHERE s.tenant_id = ${tenantId} AND s.operation_id = ${operationId}::uuid AND s.cluster_id = c.id
        ) AS span`
  }`;

/** Those of steps that are the cluster's own: their events are reached by the step's id alone, whose index holds them in order. */
const stepLogs = (tenantId: string, asked: Asked, { operationId }: EventConditions) => sql`
  SELECT log.n, s.id AS step_id, s.cluster_id
  FROM unnest(
    ${asked.map(({ n }) => n)}::int[],
    ${asked.map(({ clusterId }) => clusterId)}::uuid[],
    ${asked.map(({ stepId = '' }) => stepId)}::uuid[]
  ) AS log (n, cluster_id, step_id)
  JOIN cluster_provision_step s ON s.tenant_id = ${tenantId} AND s.id = log.step_id AND s.cluster_id = log.cluster_id
    ${operationId === undefined ? empty : sql`AND s.operation_id = ${operationId}::uuid`}`;

const direction = ({ backward }: Pick<Question, 'backward'>) => (backward ? sql`DESC` : sql`ASC`);

/** The events of a log from one end on, by an index, up to so many. */
const walk = (question: Question, columns: Prisma.Sql, most: number) => sql`
  SELECT ${columns} FROM cluster_event e WHERE ${conjunction([
    sql`e.tenant_id = ${question.tenantId}`,
    ...reached(question),
    sql`e.revision > ${question.after ?? 0}::bigint`,
    question.before !== undefined && sql`e.revision < ${question.before}::bigint`,
    ...indexed(question.conditions, question.ofSteps),
  ])} ORDER BY e.revision ${direction(question)} LIMIT ${most}`;

/** By which ids the events of a log are reached. */
function reached({ ofSteps, conditions: { operationId, instanceId, instanceName } }: Question): Prisma.Sql[] {
  const ofCluster = sql`e.cluster_id = log.cluster_id`;
  const byInstance = instanceId !== undefined || instanceName !== undefined;
  if (ofSteps) return [sql`e.provision_step_id = log.step_id`, ...(byInstance ? [ofCluster] : [])];
  return [ofCluster, ...(operationId === undefined ? [] : [sql`e.revision BETWEEN log.low AND log.high`])];
}

/** What an index leads to. */
const indexed = ({ successful, instanceId, instanceName }: EventConditions, ofSteps: boolean) => [
  successful === false && !ofSteps && sql`NOT e.successful`,
  instanceId !== undefined && sql`e.instance_id = ${storable(instanceId)}`,
  instanceName !== undefined && sql`e.instance_name = ${storable(instanceName)}`,
];

/** What is looked for in the events of a walk, one by one. */
const unindexed = (tenantId: string, conditions: EventConditions, ofSteps: boolean) => {
  const { successful, operationId, nodeGroupId, since, until, text } = conditions;
  return [
    successful !== undefined && (successful ? sql`e.successful` : ofSteps && sql`NOT e.successful`),
    operationId !== undefined &&
      !ofSteps &&
      sql`e.provision_step_id IN (SELECT s.id FROM cluster_provision_step s
        WHERE s.tenant_id = ${tenantId} AND s.operation_id = ${operationId}::uuid)`,
    nodeGroupId !== undefined && sql`e.node_group_id = ${storable(nodeGroupId)}`,
    since && sql`e.created_at >= ${since}::timestamptz`,
    until && sql`e.created_at < ${until}::timestamptz`,
    text !== undefined && contains(containing(text)),
  ].filter((condition) => condition instanceof Prisma.Sql);
};

const contains = (pattern: string) => sql`(e.instance_name ILIKE ${pattern} OR e.instance_id ILIKE ${pattern}
  OR e.node_group_id ILIKE ${pattern} OR e.event_info ILIKE ${pattern})`;

function pageOfLog(question: Question) {
  const { tenantId, ofSteps, conditions, search, first } = question;
  const columns = select('e', eventColumns);
  return sql`
    SELECT e.*, (count(*) OVER ())::int AS found, ${bytesBefore(question)} AS before
    FROM (${
      search === null
        ? walk(question, columns, first)
        : sql`SELECT ${columns} FROM (${walk(question, sql`${columns}, ${isBeyond(question)} AS beyond`, search.events)}) AS e
          WHERE ${conjunction([sql`NOT e.beyond`, ...unindexed(tenantId, conditions, ofSteps)])}
          ORDER BY e.revision ${direction(question)} LIMIT ${first}`
    }) AS e`;
}

/** The last event that is looked at, where there are more than may be. */
function edgeOfLog(question: Question) {
  const { search, backward } = question;
  if (search === null) return sql`SELECT NULL::int AS revision`;
  return sql`
    SELECT CASE WHEN count(*) = ${search.events}::int OR bool_or(e.beyond)
      THEN ${backward ? sql`min` : sql`max`}(e.revision) FILTER (WHERE NOT e.beyond) END AS revision
    FROM (${walk(question, sql`e.revision, ${isBeyond(question)} AS beyond`, search.events)}) AS e`;
}

/** Whether so much text comes before an event in its walk that it is looked at no more. */
const isBeyond = (question: Question) =>
  question.conditions.text === undefined
    ? sql`false`
    : sql`coalesce(${bytesBefore(question)} >= ${question.search?.bytes ?? 0}::bigint, false)`;

const bytesBefore = (question: Question) => sql`
  sum(octet_length(e.event_info)) OVER (
    ORDER BY e.revision ${direction(question)} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )`;
