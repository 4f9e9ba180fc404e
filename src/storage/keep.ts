import { keyOf, type Ref } from '../domain/cluster.js';
import { encodeNotice } from '../domain/hint.js';
import type { Changes } from '../domain/needs.js';
import type { Plugin } from '../domain/plugin.js';
import type { Send, Statement } from './transaction.js';

/** Where each commit tells other servers by NOTIFY, and as whom. */
export interface Notices {
  readonly channel: string;
  readonly origin: string;
}

/** Bytes that fit into a NOTIFY. */
const largestNotice = 7_900;

/**
 * Stores what a batch changed: whole rows, set-based, in one statement, or more where a step makes room for the next.
 * With `notices`, the commit itself tells other servers, once (a hint can then not be lost between the two).
 */
export function keep(send: Send, changes: Changes, notices: Notices | null): void {
  makeRoom(send, changes);
  const { operations, steps, plugins, units, events } = changes;
  const clusters = sorted(changes.clusters);
  const newClusters = sorted(changes.newClusters);
  const hints = [...clusters, ...newClusters];
  const sent = notices && hints.length > 0 ? [encodeNotice({ origin: notices.origin, hints }, largestNotice)] : [];
  send(keeping, [
    JSON.stringify(clusters),
    JSON.stringify(operations),
    JSON.stringify(steps),
    JSON.stringify(sorted(plugins.map(pluginRow))),
    units.map((unit) => unit.tenantId),
    units.map((unit) => unit.provisionStepId),
    units.map((unit) => unit.unit),
    units.map((unit) => unit.successful),
    events.map((event) => event.tenantId),
    events.map((event) => event.id),
    events.map((event) => event.clusterId),
    events.map((event) => event.provisionStepId),
    events.map((event) => event.nodeGroupId),
    events.map((event) => event.instanceId),
    events.map((event) => event.instanceName),
    events.map((event) => event.eventInfo),
    events.map((event) => event.successful),
    events.map((event) => event.errorId),
    events.map((event) => event.revision),
    events[0]?.createdAt ?? null,
    notices?.channel ?? '',
    sent,
    JSON.stringify(newClusters),
  ]);
}

const keeping: Statement = {
  name: 'keep',
  text: `
    WITH clusters AS (
      UPDATE cluster c SET name = r.name, status = r.status, status_description = r."statusDescription",
        revision = r.revision, updated_at = r."updatedAt", deleted_at = r."deletedAt"
      FROM json_to_recordset($1) AS r ("tenantId" text, id uuid, name text, status text, "statusDescription" text,
        revision int, "updatedAt" timestamptz, "deletedAt" timestamptz)
      WHERE c.tenant_id = r."tenantId" AND c.id = r.id
    ), new_clusters AS (
      INSERT INTO cluster (tenant_id, id, name, status, status_description, plugin_name, plugin_version, revision, created_at, updated_at, deleted_at)
      SELECT * FROM json_to_recordset($23) AS r ("tenantId" text, id uuid, name text, status text, "statusDescription" text,
        "pluginName" text, "pluginVersion" text, revision int, "createdAt" timestamptz, "updatedAt" timestamptz, "deletedAt" timestamptz)
    ), operations AS (
      INSERT INTO cluster_operation (tenant_id, id, cluster_id, type, state, number, lease_seconds, lease_expires_at, revision, started_at, completed_at, updated_at)
      SELECT * FROM json_to_recordset($2) AS r ("tenantId" text, id uuid, "clusterId" uuid, type "StepType", state "OperationState",
        number int, "leaseSeconds" int, "leaseExpiresAt" timestamptz, revision int, "startedAt" timestamptz, "completedAt" timestamptz, "updatedAt" timestamptz)
      ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, lease_expires_at = excluded.lease_expires_at,
        revision = excluded.revision, completed_at = excluded.completed_at, updated_at = excluded.updated_at
    ), steps AS (
      INSERT INTO cluster_provision_step (tenant_id, id, cluster_id, operation_id, step_name, step_type, source, position, state,
        completed, failed, total, successful, started_at, completed_at, duration, revision, created_at, updated_at)
      SELECT * FROM json_to_recordset($3) AS r ("tenantId" text, id uuid, "clusterId" uuid, "operationId" uuid, "stepName" text,
        "stepType" "StepType", source text, position int, state "StepState", completed int, failed int, total int, successful boolean,
        "startedAt" timestamptz, "completedAt" timestamptz, duration int, revision int, "createdAt" timestamptz, "updatedAt" timestamptz)
      ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, completed = excluded.completed, failed = excluded.failed,
        total = excluded.total, successful = excluded.successful, started_at = excluded.started_at,
        completed_at = excluded.completed_at, duration = excluded.duration, revision = excluded.revision,
        updated_at = excluded.updated_at
    ), plugins AS (
      INSERT INTO plugin (tenant_id, name, version, creating, scaling, deleting, created_at, updated_at)
      SELECT * FROM json_to_recordset($4) AS r ("tenantId" text, name text, version text, creating text[], scaling text[],
        deleting text[], "createdAt" timestamptz, "updatedAt" timestamptz)
      ON CONFLICT (tenant_id, name) DO UPDATE SET version = excluded.version, creating = excluded.creating,
        scaling = excluded.scaling, deleting = excluded.deleting, updated_at = excluded.updated_at
    ), units AS (
      INSERT INTO step_unit (tenant_id, provision_step_id, unit, successful)
      SELECT * FROM unnest($5::text[], $6::uuid[], $7::text[], $8::boolean[])
      ON CONFLICT (tenant_id, provision_step_id, unit) DO UPDATE SET successful = excluded.successful
    ), events AS (
      INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, node_group_id, instance_id, instance_name,
        event_info, successful, error_id, revision, created_at, updated_at)
      SELECT *, $20::timestamptz, $20 FROM unnest($9::text[], $10::uuid[], $11::uuid[], $12::uuid[], $13::text[], $14::text[],
        $15::text[], $16::text[], $17::boolean[], $18::text[], $19::int[])
    )
    SELECT pg_notify($21, notice) FROM unnest($22::text[]) AS notice`,
};

/**
 * PostgreSQL checks the "one RUNNING" indexes row by row: what stops running must be stored before what starts. Only
 * needed where a batch holds both.
 */
function makeRoom(send: Send, { operations, steps }: Changes): void {
  const stopped = stopping(operations, (operation) => operation.clusterId);
  if (stopped.length > 0) send(stateOfOperations, columnsOf(stopped));
  const closed = stopping(steps, (step) => step.operationId);
  if (closed.length > 0) send(stateOfSteps, columnsOf(closed));
}

const stateOf = (table: string, type: string): Statement => ({
  name: `state of ${table}`,
  text: `
    UPDATE ${table} t SET state = n.state
    FROM unnest($1::text[], $2::uuid[], $3::"${type}"[]) AS n (tenant_id, id, state)
    WHERE t.tenant_id = n.tenant_id AND t.id = n.id`,
});

const stateOfOperations = stateOf('cluster_operation', 'OperationState');
const stateOfSteps = stateOf('cluster_provision_step', 'StepState');

type Stateful = Ref & { readonly state: string };

const columnsOf = (rows: readonly Stateful[]) => [
  rows.map(({ tenantId }) => tenantId),
  rows.map(({ id }) => id),
  rows.map(({ state }) => state),
];

/** The rows that do not run, of parents beneath which another row does. */
function stopping<Row extends Stateful>(rows: readonly Row[], parentOf: (row: Row) => string): Row[] {
  const parent = (row: Row) => keyOf({ tenantId: row.tenantId, id: parentOf(row) });
  const running = new Set(rows.filter((row) => row.state === 'RUNNING').map(parent));
  return rows.filter((row) => row.state !== 'RUNNING' && running.has(parent(row)));
}

/** In the order of their keys: two batches that store the same then wait for each other in one direction only. */
const sorted = <Row extends { readonly tenantId: string; readonly id?: string; readonly name: string }>(
  rows: readonly Row[],
) => [...rows].sort((a, b) => compare(a.tenantId, b.tenantId) || compare(a.id ?? a.name, b.id ?? b.name));

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const pluginRow = ({ provisioningSteps, ...plugin }: Plugin) => ({ ...plugin, ...provisioningSteps });
