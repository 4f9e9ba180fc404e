import { keyOf, type Ref } from '../domain/cluster.js';
import { encodeNotice } from '../domain/hint.js';
import type { Changes } from '../domain/needs.js';
import type { Plugin } from '../domain/plugin.js';
import type { Prisma } from './generated/client.js';

type Transaction = Prisma.TransactionClient;

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
export async function keep(tx: Transaction, changes: Changes, notices: Notices | null): Promise<void> {
  await makeRoom(tx, changes);
  const { events, units } = changes;
  const sent =
    notices && changes.clusters.length > 0
      ? [encodeNotice({ origin: notices.origin, hints: changes.clusters }, largestNotice)]
      : [];
  await tx.$queryRaw`
    WITH clusters AS (
      INSERT INTO cluster (tenant_id, id, name, status, status_description, plugin_name, plugin_version, revision, created_at, updated_at, deleted_at)
      SELECT tenant_id, id, name, status, status_description, plugin_name, plugin_version, revision, created_at, updated_at, deleted_at
      FROM json_populate_recordset(NULL::cluster, ${json(changes.clusters)}::json)
      ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, status = excluded.status,
        status_description = excluded.status_description, revision = excluded.revision,
        updated_at = excluded.updated_at, deleted_at = excluded.deleted_at
    ), operations AS (
      INSERT INTO cluster_operation (tenant_id, id, cluster_id, type, state, number, lease_seconds, lease_expires_at, revision, started_at, completed_at, updated_at)
      SELECT tenant_id, id, cluster_id, type, state, number, lease_seconds, lease_expires_at, revision, started_at, completed_at, updated_at
      FROM json_populate_recordset(NULL::cluster_operation, ${json(changes.operations)}::json)
      ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, lease_expires_at = excluded.lease_expires_at,
        revision = excluded.revision, completed_at = excluded.completed_at, updated_at = excluded.updated_at
    ), steps AS (
      INSERT INTO cluster_provision_step (tenant_id, id, cluster_id, operation_id, step_name, step_type, source, position, state,
        completed, failed, total, successful, started_at, completed_at, duration, revision, created_at, updated_at)
      SELECT tenant_id, id, cluster_id, operation_id, step_name, step_type, source, position, state,
        completed, failed, total, successful, started_at, completed_at, duration, revision, created_at, updated_at
      FROM json_populate_recordset(NULL::cluster_provision_step, ${json(changes.steps)}::json)
      ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, completed = excluded.completed, failed = excluded.failed,
        total = excluded.total, successful = excluded.successful, started_at = excluded.started_at,
        completed_at = excluded.completed_at, duration = excluded.duration, revision = excluded.revision,
        updated_at = excluded.updated_at
    ), plugins AS (
      INSERT INTO plugin (tenant_id, name, version, creating, scaling, deleting, created_at, updated_at)
      SELECT tenant_id, name, version, creating, scaling, deleting, created_at, updated_at
      FROM json_populate_recordset(NULL::plugin, ${json(changes.plugins.map(pluginRow))}::json)
      ON CONFLICT (tenant_id, name) DO UPDATE SET version = excluded.version, creating = excluded.creating,
        scaling = excluded.scaling, deleting = excluded.deleting, updated_at = excluded.updated_at
    ), units AS (
      INSERT INTO step_unit (tenant_id, provision_step_id, unit, successful)
      SELECT * FROM unnest(
        ${units.map((unit) => unit.tenantId)}::text[], ${units.map((unit) => unit.provisionStepId)}::uuid[],
        ${units.map((unit) => unit.unit)}::text[], ${units.map((unit) => unit.successful)}::boolean[])
      ON CONFLICT (tenant_id, provision_step_id, unit) DO UPDATE SET successful = excluded.successful
    ), events AS (
      INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, node_group_id, instance_id, instance_name,
        event_info, successful, error_id, revision, created_at, updated_at)
      SELECT n.*, at, at FROM unnest(
      ${events.map((event) => event.tenantId)}::text[], ${events.map((event) => event.id)}::uuid[],
      ${events.map((event) => event.clusterId)}::uuid[], ${events.map((event) => event.provisionStepId)}::uuid[],
      ${events.map((event) => event.nodeGroupId)}::text[], ${events.map((event) => event.instanceId)}::text[],
      ${events.map((event) => event.instanceName)}::text[], ${events.map((event) => event.eventInfo)}::text[],
      ${events.map((event) => event.successful)}::boolean[], ${events.map((event) => event.errorId)}::text[],
      ${events.map((event) => event.revision)}::int[]) AS n,
      (SELECT ${events[0]?.createdAt ?? null}::timestamptz AS at) AS clock
    )
    SELECT pg_notify(${notices?.channel ?? ''}, notice)::text FROM unnest(${sent}::text[]) AS notice`;
}

/**
 * PostgreSQL checks the "one RUNNING" indexes row by row: what stops running must be stored before what starts. Only
 * needed where a batch holds both.
 */
async function makeRoom(tx: Transaction, { operations, steps }: Changes): Promise<void> {
  const stopped = stopping(operations, (operation) => operation.clusterId);
  if (stopped.length > 0) {
    await tx.$executeRaw`
      UPDATE cluster_operation o SET state = n.state FROM unnest(
        ${stopped.map((operation) => operation.tenantId)}::text[], ${stopped.map((operation) => operation.id)}::uuid[],
        ${stopped.map((operation) => operation.state)}::"OperationState"[]) AS n (tenant_id, id, state)
      WHERE o.tenant_id = n.tenant_id AND o.id = n.id`;
  }
  const closed = stopping(steps, (step) => step.operationId);
  if (closed.length > 0) {
    await tx.$executeRaw`
      UPDATE cluster_provision_step s SET state = n.state FROM unnest(
        ${closed.map((step) => step.tenantId)}::text[], ${closed.map((step) => step.id)}::uuid[],
        ${closed.map((step) => step.state)}::"StepState"[]) AS n (tenant_id, id, state)
      WHERE s.tenant_id = n.tenant_id AND s.id = n.id`;
  }
}

/** The rows that do not run, of parents beneath which another row does. */
function stopping<Row extends Ref & { state: string }>(rows: readonly Row[], parentOf: (row: Row) => string): Row[] {
  const parent = (row: Row) => keyOf({ tenantId: row.tenantId, id: parentOf(row) });
  const running = new Set(rows.filter((row) => row.state === 'RUNNING').map(parent));
  return rows.filter((row) => row.state !== 'RUNNING' && running.has(parent(row)));
}

/** Rows as JSON, their names as the database has them: `stepName` becomes `step_name`. */
const json = (rows: readonly object[]) =>
  JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value]))),
  );

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const pluginRow = ({ provisioningSteps, ...plugin }: Plugin) => ({ ...plugin, ...provisioningSteps });
