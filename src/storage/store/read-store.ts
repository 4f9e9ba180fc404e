import type { Ref } from '../../domain/cluster.js';
import { isUuid } from '../../domain/input.js';
import type { ClusterState, Hint, ReadStore, Since } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { causes } from './causes.js';
import { clusterCounts, clusterPage } from './cluster-pages.js';
import { clusterColumns, operationColumns, stepColumns } from './columns.js';
import { eventsByErrorId, eventsById, failurePage } from './event-lists.js';
import { eventPage, revisionOfLast } from './event-pages.js';
import { reached } from './faults.js';
import { identity } from './identity.js';
import { eventPages } from './log-pages.js';
import { operationPages } from './operation-pages.js';
import { many, one, type Read, select } from './reading.js';
import { type ClusterRow, type OperationRow, type StepRow, toCluster, toOperation, toStep } from './rows.js';
import { stepRuns } from './runs.js';
import { type ReadClient, typedReads } from './typed-reads.js';
import { unitChanges } from './unit-changes.js';
import { unitPages } from './unit-pages.js';

const { sql, empty, raw } = Prisma;

/**
 * The read side of the store: one statement a call, so that what a call answers was true at one moment.
 *
 * What is looked up now and then goes through Prisma's typed client (typed-reads.ts). What every request looks up by a
 * list of ids is SQL: the client would make another statement, with another plan, for each length of the list, cut a
 * long one into several statements, and take about 0.1 ms of the event loop more for each call, half as much again.
 */
export function createReadStore(prisma: ReadClient): ReadStore {
  const read: Read = (query) => reached(() => prisma.$queryRaw(query));
  return {
    ...typedReads(prisma),
    ...named(read),
    ...beneath(read),
    ...causes(read),
    clusterPage: (tenantId, filter, page) => clusterPage(read, tenantId, filter, page),
    clusterCounts: (tenantId, filter) => clusterCounts(read, tenantId, filter),
    eventPage: (tenantId, filter, page) => eventPage(read, tenantId, filter, page),
    revisionOfLast: (tenantId, filter, last) => revisionOfLast(read, tenantId, filter, last),
    eventPages: (tenantId, logs, page) => eventPages(read, tenantId, logs, page),
    events: (tenantId, ids, texts) => eventsById(read, tenantId, ids, texts),
    eventsByErrorId: (tenantId, errorId, first, texts) => eventsByErrorId(read, tenantId, errorId, first, texts),
    failurePage: (tenantId, page) => failurePage(read, tenantId, page),
    clusterState: (tenantId, clusterId, operations, since) =>
      clusterState(read, tenantId, clusterId, operations, since),
    revisions: (refs) => revisions(read, refs),
    now: async () => {
      const [row] = await read<{ now: Date }>(sql`SELECT clock_timestamp()::timestamptz(3) AS now`);
      return (row as { now: Date }).now;
    },
    identity: () => identity(read),
    stepRuns: (keys, most) => stepRuns(read, keys, most),
  };
}

type Named = 'clusters' | 'clustersEvenDeleted' | 'operations' | 'steps';

/** Things by their own names. */
const named = (read: Read): Pick<ReadStore, Named> => ({
  clusters: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<ClusterRow>(sql`
        SELECT ${select('c', clusterColumns)} FROM cluster c
        WHERE tenant_id = ${tenantId} AND id = ANY(${uuids}::uuid[]) AND deleted_at IS NULL`);
      return rows.map(toCluster);
    }),

  clustersEvenDeleted: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<ClusterRow>(sql`
        SELECT ${select('c', clusterColumns)} FROM cluster c WHERE tenant_id = ${tenantId} AND id = ANY(${uuids}::uuid[])`);
      return rows.map(toCluster);
    }),

  operations: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<OperationRow>(sql`
        SELECT ${select('o', operationColumns)} FROM cluster_operation o
        WHERE tenant_id = ${tenantId} AND id = ANY(${uuids}::uuid[])`);
      return rows.map(toOperation);
    }),

  steps: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT ${select('s', stepColumns)} FROM cluster_provision_step s
        WHERE tenant_id = ${tenantId} AND id = ANY(${uuids}::uuid[])`);
      return rows.map(toStep);
    }),
});

type Beneath =
  | 'unitPages'
  | 'unitChanges'
  | 'newestOperations'
  | 'operationPages'
  | 'stepsOfClusters'
  | 'currentSteps'
  | 'stepsOfOperations';

/** What lies beneath clusters and operations: asked for by who holds these already, the deleted included (W7). */
const beneath = (read: Read): Pick<ReadStore, Beneath> => ({
  newestOperations: async (tenantId, clusterIds) =>
    (await operationPages(read, tenantId, clusterIds, { first: 1 })).map(([newest]) => newest ?? null),

  operationPages: (tenantId, clusterIds, page) => operationPages(read, tenantId, clusterIds, page),

  unitPages: (tenantId, stepIds, page) => unitPages(read, tenantId, stepIds, page),

  unitChanges: (step, since) => unitChanges(read, step, since),

  stepsOfClusters: (tenantId, clusterIds, most) =>
    many(clusterIds, 'clusterId', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT ${select('s', stepColumns)} FROM cluster_provision_step s
        JOIN cluster_operation o ON o.tenant_id = s.tenant_id AND o.id = s.operation_id
        WHERE s.tenant_id = ${tenantId} AND s.cluster_id = ANY(${uuids}::uuid[])
        ORDER BY o.number, s.position ${upTo(most)}`);
      return rows.map(toStep);
    }),

  currentSteps: (tenantId, clusterIds) =>
    many(clusterIds, 'clusterId', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT ${select('s', stepColumns)} FROM unnest(${uuids}::uuid[]) AS c (id)
        CROSS JOIN LATERAL (
          SELECT o.id FROM cluster_operation o
          WHERE o.tenant_id = ${tenantId} AND o.cluster_id = c.id ORDER BY o.number DESC LIMIT 1
        ) AS newest
        JOIN cluster_provision_step s ON s.tenant_id = ${tenantId} AND s.operation_id = newest.id
        ORDER BY s.position`);
      return rows.map(toStep);
    }),

  stepsOfOperations: (tenantId, operationIds, most) =>
    many(operationIds, 'operationId', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT ${select('s', stepColumns)} FROM cluster_provision_step s
        WHERE tenant_id = ${tenantId} AND operation_id = ANY(${uuids}::uuid[]) ORDER BY position ${upTo(most)}`);
      return rows.map(toStep);
    }),
});

/** Written into the statement: of a parameter the planner would assume that it cuts much. */
const upTo = (most: number | undefined) => (most === undefined ? empty : raw(`LIMIT ${Math.trunc(most)}`));

type StateRow = ClusterRow & { operations: OperationRow[]; steps: StepRow[] };

/**
 * The state at one moment, in one statement. Only the newest operations are looked at, for a cluster's history may be
 * long; with `since`, only those from that number on: of earlier ones nothing changes any more (O2).
 */
async function clusterState(
  read: Read,
  tenantId: string,
  clusterId: string,
  operations: number,
  since?: Since,
): Promise<ClusterState | null> {
  if (!isUuid(clusterId)) return null;
  const { revision = 0, operation = 0 } = since ?? {};
  const [row] = await read<StateRow>(sql`
    WITH newest AS (
      SELECT * FROM cluster_operation o
      WHERE o.tenant_id = ${tenantId} AND o.cluster_id = ${clusterId}::uuid AND o.number >= ${operation}::bigint
      ORDER BY o.number DESC LIMIT ${operations}::bigint
    )
    SELECT ${select('c', clusterColumns)},
      (SELECT coalesce(json_agg(o ORDER BY o.number), '[]') FROM newest o
        WHERE o.revision > ${revision}::bigint) AS operations,
      (SELECT coalesce(json_agg(s ORDER BY o.number, s.position), '[]') FROM newest o
        JOIN cluster_provision_step s ON s.tenant_id = o.tenant_id AND s.operation_id = o.id
        WHERE s.revision > ${revision}::bigint) AS steps
    FROM cluster c WHERE c.tenant_id = ${tenantId} AND c.id = ${clusterId}::uuid`);
  if (!row) return null;
  return { cluster: toCluster(row), operations: row.operations.map(toOperation), steps: row.steps.map(toStep) };
}

async function revisions(read: Read, refs: readonly Ref[]): Promise<Hint[]> {
  const asked = refs.filter(({ id }) => isUuid(id));
  if (asked.length === 0) return [];
  const rows = await read<RevisionRow>(sql`
    SELECT tenant_id, id, revision FROM cluster WHERE (tenant_id, id) IN (
      SELECT * FROM unnest(${asked.map(({ tenantId }) => tenantId)}::text[], ${asked.map(({ id }) => id)}::uuid[]))`);
  return rows.map(toHint);
}

type RevisionRow = Pick<ClusterRow, 'tenant_id' | 'id' | 'revision'>;

const toHint = (row: RevisionRow): Hint => ({ tenantId: row.tenant_id, id: row.id, revision: row.revision });
