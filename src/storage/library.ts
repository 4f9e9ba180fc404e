import type { Ref } from '../domain/cluster.js';
import { storable } from '../domain/input.js';
import type { ClusterState, Hint, Library } from '../domain/ports.js';
import { reached } from './faults.js';
import { Prisma, type PrismaClient } from './generated/client.js';
import { clusterPage, eventPage } from './pages.js';
import { isUuid, many, one, type Read } from './reading.js';
import {
  type ClusterRow,
  type EventRow,
  type OperationRow,
  type PluginRow,
  type StepRow,
  toCluster,
  toEvent,
  toOperation,
  toPlugin,
  toStep,
} from './rows.js';

const { sql, empty } = Prisma;

/** The read side of the store: one statement a call, so that what a call answers was true at one moment. */
export function createLibrary(prisma: Pick<PrismaClient, '$queryRaw'>): Library {
  const read: Read = (query) => reached(() => prisma.$queryRaw(query));
  return {
    ...named(read),
    ...beneath(read),
    clusterPage: (tenantId, filter, page) => clusterPage(read, tenantId, filter, page),
    eventPage: (tenantId, filter, page) => eventPage(read, tenantId, filter, page),
    clusterState: (tenantId, clusterId, since) => clusterState(read, tenantId, clusterId, since),
    revisions: (refs) => revisions(read, refs),
    async revisionsOf(tenantId) {
      const rows = await read<RevisionRow>(
        sql`SELECT tenant_id, id, revision FROM cluster WHERE tenant_id = ${tenantId}`,
      );
      return rows.map(toHint);
    },
  };
}

type Named = 'clusters' | 'clustersEvenDeleted' | 'operations' | 'steps' | 'eventByErrorId' | 'plugins';

/** Things by their own names. */
const named = (read: Read): Pick<Library, Named> => ({
  clusters: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<ClusterRow>(sql`
        SELECT * FROM cluster WHERE tenant_id = ${tenantId} AND id = ANY(${uuids}::uuid[]) AND deleted_at IS NULL`);
      return rows.map(toCluster);
    }),

  clustersEvenDeleted: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<ClusterRow>(sql`
        SELECT * FROM cluster WHERE tenant_id = ${tenantId} AND id = ANY(${uuids}::uuid[])`);
      return rows.map(toCluster);
    }),

  operations: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<OperationRow>(sql`
        SELECT o.* FROM cluster_operation o JOIN cluster c ON c.tenant_id = o.tenant_id AND c.id = o.cluster_id
        WHERE o.tenant_id = ${tenantId} AND o.id = ANY(${uuids}::uuid[]) AND c.deleted_at IS NULL`);
      return rows.map(toOperation);
    }),

  steps: (tenantId, ids) =>
    one(ids, 'id', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT s.* FROM cluster_provision_step s JOIN cluster c ON c.tenant_id = s.tenant_id AND c.id = s.cluster_id
        WHERE s.tenant_id = ${tenantId} AND s.id = ANY(${uuids}::uuid[]) AND c.deleted_at IS NULL`);
      return rows.map(toStep);
    }),

  /** Reporters may give several events one error id: the first of them is the one that was logged first. */
  async eventByErrorId(tenantId, errorId) {
    const [row] = await read<EventRow>(sql`
      SELECT e.* FROM cluster_event e JOIN cluster c ON c.tenant_id = e.tenant_id AND c.id = e.cluster_id
      WHERE e.tenant_id = ${tenantId} AND e.error_id = ${storable(errorId)} AND c.deleted_at IS NULL
      ORDER BY e.created_at, e.revision LIMIT 1`);
    return row ? toEvent(row) : null;
  },

  async plugins(tenantId, names) {
    const wanted = names ? sql`AND name = ANY(${names.map(storable)}::text[])` : empty;
    const rows = await read<PluginRow>(sql`SELECT * FROM plugin WHERE tenant_id = ${tenantId} ${wanted} ORDER BY name`);
    return rows.map(toPlugin);
  },
});

type Beneath = 'runningOperations' | 'operationPage' | 'stepsOfClusters' | 'currentSteps' | 'stepsOfOperations';

/** What lies beneath clusters and operations: asked for by who holds these already, the deleted included (W7). */
const beneath = (read: Read): Pick<Library, Beneath> => ({
  runningOperations: (tenantId, clusterIds) =>
    one(clusterIds, 'clusterId', async (uuids) => {
      const rows = await read<OperationRow>(sql`
        SELECT * FROM cluster_operation
        WHERE tenant_id = ${tenantId} AND cluster_id = ANY(${uuids}::uuid[]) AND state = 'RUNNING'`);
      return rows.map(toOperation);
    }),

  async operationPage(tenantId, clusterId, { first, after }) {
    if (!isUuid(clusterId)) return [];
    const beyond = after === undefined ? empty : sql`AND number < ${after}::bigint`;
    const rows = await read<OperationRow>(sql`
      SELECT * FROM cluster_operation
      WHERE tenant_id = ${tenantId} AND cluster_id = ${clusterId}::uuid ${beyond}
      ORDER BY number DESC LIMIT ${first}`);
    return rows.map(toOperation);
  },

  stepsOfClusters: (tenantId, clusterIds) =>
    many(clusterIds, 'clusterId', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT s.* FROM cluster_provision_step s
        JOIN cluster_operation o ON o.tenant_id = s.tenant_id AND o.id = s.operation_id
        WHERE s.tenant_id = ${tenantId} AND s.cluster_id = ANY(${uuids}::uuid[])
        ORDER BY o.number, s.position`);
      return rows.map(toStep);
    }),

  currentSteps: (tenantId, clusterIds) =>
    many(clusterIds, 'clusterId', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT s.* FROM unnest(${uuids}::uuid[]) AS c (id)
        CROSS JOIN LATERAL (
          SELECT o.id FROM cluster_operation o
          WHERE o.tenant_id = ${tenantId} AND o.cluster_id = c.id ORDER BY o.number DESC LIMIT 1
        ) AS newest
        JOIN cluster_provision_step s ON s.tenant_id = ${tenantId} AND s.operation_id = newest.id
        ORDER BY s.position`);
      return rows.map(toStep);
    }),

  stepsOfOperations: (tenantId, operationIds) =>
    many(operationIds, 'operationId', async (uuids) => {
      const rows = await read<StepRow>(sql`
        SELECT * FROM cluster_provision_step
        WHERE tenant_id = ${tenantId} AND operation_id = ANY(${uuids}::uuid[]) ORDER BY position`);
      return rows.map(toStep);
    }),
});

type StateRow = ClusterRow & { operations: OperationRow[]; steps: StepRow[] };

async function clusterState(read: Read, tenantId: string, clusterId: string, since = 0): Promise<ClusterState | null> {
  if (!isUuid(clusterId)) return null;
  const [row] = await read<StateRow>(sql`
    SELECT c.*,
      (SELECT coalesce(json_agg(o ORDER BY o.number), '[]') FROM cluster_operation o
        WHERE o.tenant_id = c.tenant_id AND o.cluster_id = c.id AND o.revision > ${since}::bigint) AS operations,
      (SELECT coalesce(json_agg(s ORDER BY o.number, s.position), '[]') FROM cluster_provision_step s
        JOIN cluster_operation o ON o.tenant_id = s.tenant_id AND o.id = s.operation_id
        WHERE s.tenant_id = c.tenant_id AND s.cluster_id = c.id AND s.revision > ${since}::bigint) AS steps
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
