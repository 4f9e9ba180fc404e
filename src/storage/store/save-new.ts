import type { Plugin } from '../../domain/plugin.js';
import type { WriteSet } from '../../domain/write-set.js';
import { sorted } from './sorted.js';
import type { Send, Statement } from './transaction.js';

/**
 * Stores the rows that a batch adds, and plugins, in one statement. It is apart from what reports change, and goes out before
 * that: most batches add none, and PostgreSQL makes ready all parts of a statement, whether there are rows for them or not.
 */
export function saveNew(send: Send, { newClusters, newOperations, newSteps, plugins }: WriteSet): void {
  const rows = [sorted(newClusters), newOperations, newSteps, sorted(plugins.map(pluginRow))];
  if (rows.some(({ length }) => length > 0))
    send(
      adding,
      rows.map((part) => JSON.stringify(part)),
    );
}

const adding: Statement = {
  name: 'add',
  text: `
    WITH clusters AS (
      INSERT INTO cluster (tenant_id, id, name, status, status_description, plugin_name, plugin_version, fingerprint, revision,
        created_at, updated_at, deleted_at)
      SELECT * FROM json_to_recordset($1) AS r ("tenantId" text, id uuid, name text, status text, "statusDescription" text,
        "pluginName" text, "pluginVersion" text, fingerprint text, revision int, "createdAt" timestamptz, "updatedAt" timestamptz, "deletedAt" timestamptz)
    ), operations AS (
      INSERT INTO cluster_operation (tenant_id, id, cluster_id, type, state, ending, reason, auto_finish, number, lease_seconds,
        lease_expires_at, last_report_at, interruption_id, fingerprint, revision, started_at, completed_at, updated_at)
      SELECT * FROM json_to_recordset($2) AS r ("tenantId" text, id uuid, "clusterId" uuid, type "StepType", state "OperationState", ending "Ending", reason text,
        "autoFinish" boolean, number int, "leaseSeconds" int, "leaseExpiresAt" timestamptz, "lastReportAt" timestamptz, "interruptionId" uuid,
        fingerprint text, revision int, "startedAt" timestamptz, "completedAt" timestamptz, "updatedAt" timestamptz)
    ), steps AS (
      INSERT INTO cluster_provision_step (tenant_id, id, cluster_id, operation_id, step_name, step_type, source, position, state,
        completed, failed, total, own_failure_id, successful, started_at, completed_at, last_report_at, duration, last_progress_at,
        curve, stalled_since, stall, due_at, fingerprint, revision, created_at, updated_at)
      SELECT * FROM json_to_recordset($3) AS r ("tenantId" text, id uuid, "clusterId" uuid, "operationId" uuid, "stepName" text, "stepType" "StepType", source text,
        position int, state "StepState", completed int, failed int, total int, "ownFailureId" uuid, successful boolean, "startedAt" timestamptz,
        "completedAt" timestamptz, "lastReportAt" timestamptz, duration int, "lastProgressAt" timestamptz, curve real[], "stalledSince" timestamptz, stall "Stall", "dueAt" timestamptz, fingerprint text, revision int, "createdAt" timestamptz, "updatedAt" timestamptz)
    )
    INSERT INTO plugin (tenant_id, name, version, creating, scaling, deleting, created_at, updated_at)
    SELECT * FROM json_to_recordset($4) AS r ("tenantId" text, name text, version text, creating text[], scaling text[],
      deleting text[], "createdAt" timestamptz, "updatedAt" timestamptz)
    ON CONFLICT (tenant_id, name) DO UPDATE SET version = excluded.version, creating = excluded.creating,
      scaling = excluded.scaling, deleting = excluded.deleting, updated_at = excluded.updated_at`,
};

const pluginRow = ({ provisioningSteps, ...plugin }: Plugin) => ({ ...plugin, ...provisioningSteps });
