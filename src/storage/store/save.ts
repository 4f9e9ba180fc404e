import { keyOf, type Ref } from '../../domain/cluster.js';
import { encodeNotice } from '../../domain/hint.js';
import type { WriteSet } from '../../domain/write-set.js';
import { keepingRuns } from './runs.js';
import { saveCauses } from './save-causes.js';
import { saveNew } from './save-new.js';
import { sorted } from './sorted.js';
import type { Send, Statement } from './transaction.js';

/** Where each commit tells other servers by NOTIFY, and as whom. */
export interface Notices {
  readonly channel: string;
  readonly origin: string;
}

/** Bytes that fit into a NOTIFY. */
const largestNotice = 7_900;

/**
 * Stores what a batch changed: whole rows, set-based, in one statement, or more where a batch adds rows or a step makes room
 * for the next.
 * With `notices`, the commit itself tells other servers: a hint can then not be lost between the two.
 */
export function save(send: Send, changes: WriteSet, notices: Notices | null): void {
  makeRoom(send, changes);
  const { operations, steps, units, events } = changes;
  if (changes.withdrawn.length > 0) send(withdrawing, refs(changes.withdrawn));
  if (changes.runs.length > 0) send(keepingRuns, [JSON.stringify(changes.runs)]);
  const clusters = sorted(changes.clusters);
  const hints = [...clusters, ...changes.newClusters];
  const sent = notices ? encodeNotice({ origin: notices.origin, hints }, largestNotice) : [];
  saveNew(send, changes);
  send(saving, [
    JSON.stringify(clusters),
    JSON.stringify(operations),
    JSON.stringify(steps),
    JSON.stringify(units),
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
    events.map((event) => event.late),
    events.map((event) => event.withdrawn),
    events.map((event) => event.occurredAt),
    events.map((event) => event.createdAt),
    events.map(({ cause }) => cause?.hash ?? null),
    notices?.channel ?? '',
    sent,
  ]);
  saveCauses(send, changes.causes);
}

const saving: Statement = {
  name: 'save',
  text: `
    WITH clusters AS (
      UPDATE cluster c SET name = r.name, status = r.status, status_description = r."statusDescription",
        revision = r.revision, updated_at = r."updatedAt", deleted_at = r."deletedAt"
      FROM json_to_recordset($1) AS r ("tenantId" text, id uuid, name text, status text, "statusDescription" text,
        revision int, "updatedAt" timestamptz, "deletedAt" timestamptz)
      WHERE c.tenant_id = r."tenantId" AND c.id = r.id
    ), operations AS (
      UPDATE cluster_operation o SET state = r.state, ending = r.ending, reason = r.reason, lease_expires_at = r."leaseExpiresAt",
        last_report_at = r."lastReportAt", interruption_id = r."interruptionId", revision = r.revision,
        completed_at = r."completedAt", updated_at = r."updatedAt"
      FROM json_to_recordset($2) AS r ("tenantId" text, id uuid, state "OperationState", ending "Ending", reason text,
        "leaseExpiresAt" timestamptz, "lastReportAt" timestamptz, "interruptionId" uuid, revision int, "completedAt" timestamptz,
        "updatedAt" timestamptz)
      WHERE o.tenant_id = r."tenantId" AND o.id = r.id
    ), steps AS (
      UPDATE cluster_provision_step s SET position = r.position, state = r.state, completed = r.completed, failed = r.failed, total = r.total,
        own_failure_id = r."ownFailureId", successful = r.successful, started_at = r."startedAt", completed_at = r."completedAt",
        last_report_at = r."lastReportAt", duration = r.duration, last_progress_at = r."lastProgressAt", curve = r.curve,
        stalled_since = r."stalledSince", stall = r.stall, due_at = r."dueAt", revision = r.revision, updated_at = r."updatedAt"
      FROM json_to_recordset($3) AS r ("tenantId" text, id uuid, position int, state "StepState", completed int, failed int, total int,
        "ownFailureId" uuid, successful boolean, "startedAt" timestamptz, "completedAt" timestamptz, "lastReportAt" timestamptz,
        duration int, "lastProgressAt" timestamptz, curve real[], "stalledSince" timestamptz, stall "Stall", "dueAt" timestamptz,
        revision int, "updatedAt" timestamptz)
      WHERE s.tenant_id = r."tenantId" AND s.id = r.id
    ), units AS (
      INSERT INTO step_unit (tenant_id, provision_step_id, key, node_group_id, instance_id, instance_name, state, reports,
        first_report_at, last_report_at, last_failure_id, revision)
      SELECT * FROM json_to_recordset($4) AS r ("tenantId" text, "provisionStepId" uuid, key text, "nodeGroupId" text, "instanceId" text,
        "instanceName" text, state "UnitState", reports int, "firstReportAt" timestamptz, "lastReportAt" timestamptz, "lastFailureId" uuid, revision int)
      ON CONFLICT (tenant_id, provision_step_id, key) DO UPDATE SET node_group_id = excluded.node_group_id,
        instance_id = excluded.instance_id, instance_name = excluded.instance_name, state = excluded.state, reports = excluded.reports,
        first_report_at = excluded.first_report_at, last_report_at = excluded.last_report_at, last_failure_id = excluded.last_failure_id,
        revision = excluded.revision
    ), events AS (
      INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, node_group_id, instance_id, instance_name,
        event_info, successful, error_id, revision, late, withdrawn, occurred_at, created_at, cause, updated_at)
      SELECT *, created_at FROM unnest($5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[],
        $12::text[], $13::boolean[], $14::text[], $15::int[], $16::boolean[], $17::boolean[], $18::timestamptz[], $19::timestamptz[],
        $20::text[])
        AS e (tenant_id, id, cluster_id, step_id, node_group_id, instance_id, instance_name, event_info, successful, error_id,
          revision, late, withdrawn, occurred_at, created_at, cause)
    )
    SELECT pg_notify($21, notice) FROM unnest($22::text[]) AS notice`,
};

/** O7: their row changes, not their place in the log. */
const withdrawing: Statement = {
  name: 'withdraw',
  text: `
    UPDATE cluster_event e SET withdrawn = true FROM unnest($1::text[], $2::uuid[]) AS n (tenant_id, id)
    WHERE e.tenant_id = n.tenant_id AND e.id = n.id`,
};

const refs = (rows: readonly Ref[]) => [rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id)];

/**
 * PostgreSQL checks unique indexes row by row: what stops running must be stored before what starts, a step's place be
 * free before another takes it, and a unit's old key be gone before the new one is there. Only needed where a batch
 * holds such.
 */
function makeRoom(send: Send, changes: WriteSet): void {
  const operations = [...changes.operations, ...changes.newOperations];
  const stopped = stopping(operations, (operation) => operation.clusterId);
  if (stopped.length > 0) send(stateOfOperations, columnsOf(stopped));
  const closed = stopping([...changes.steps, ...changes.newSteps], (step) => step.operationId);
  if (closed.length > 0) send(stateOfSteps, columnsOf(closed));
  if (changes.movedSteps.length > 0) send(movingAside, refs(changes.movedSteps));
  const { removedUnits } = changes;
  if (removedUnits.length > 0) {
    send(removingUnits, [
      removedUnits.map(({ tenantId }) => tenantId),
      removedUnits.map(({ provisionStepId }) => provisionStepId),
      removedUnits.map(({ key }) => key),
    ]);
  }
}

/** Beyond all places there are, until `save` says which they have. */
const movingAside: Statement = {
  name: 'move aside',
  text: `
    UPDATE cluster_provision_step s SET position = s.position + 1000000
    FROM unnest($1::text[], $2::uuid[]) AS n (tenant_id, id)
    WHERE s.tenant_id = n.tenant_id AND s.id = n.id`,
};

const removingUnits: Statement = {
  name: 'remove units',
  text: `
    DELETE FROM step_unit u USING unnest($1::text[], $2::uuid[], $3::text[]) AS n (tenant_id, provision_step_id, key)
    WHERE u.tenant_id = n.tenant_id AND u.provision_step_id = n.provision_step_id AND u.key = n.key`,
};

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
