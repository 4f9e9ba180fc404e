import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { PluginRow } from '../../src/storage/store/plugin-rows.js';
import type { ClusterRow, EventRow, OperationRow, StepRow, UnitRow } from '../../src/storage/store/rows.js';

/** A moment so many seconds ago, with milliseconds. */
export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
export const days = 86_400;

/** What of a step has been erased. */
interface Erased {
  readonly redundant_erased: boolean;
  readonly erased: boolean;
}

/** Puts rows straight into the tables; what a test does not name has a plain value. Tests read only what they name. */
export function seed(pool: Pool) {
  const at = ago(0);
  return {
    cluster: (row: Partial<ClusterRow> = {}) =>
      insert<ClusterRow>(pool, 'cluster', {
        tenant_id: 'acme',
        id: randomUUID(),
        name: 'hadoop',
        status: 'Active',
        status_description: null,
        plugin_name: null,
        plugin_version: null,
        fingerprint: null,
        revision: 1,
        created_at: at,
        updated_at: at,
        deleted_at: null,
        ...row,
      }),

    operation: (cluster: ClusterRow, row: Partial<OperationRow> = {}) =>
      insert<OperationRow>(pool, 'cluster_operation', {
        tenant_id: cluster.tenant_id,
        id: randomUUID(),
        cluster_id: cluster.id,
        type: 'CREATING',
        state: 'SUCCEEDED',
        number: 1,
        lease_seconds: null,
        lease_expires_at: null,
        ending: null,
        reason: null,
        auto_finish: true,
        last_report_at: null,
        interruption_id: null,
        fingerprint: null,
        revision: 1,
        started_at: at,
        completed_at: null,
        updated_at: at,
        ...row,
      }),

    step: (operation: OperationRow, row: Partial<StepRow & Erased> = {}) =>
      insert<StepRow & Erased>(pool, 'cluster_provision_step', {
        tenant_id: operation.tenant_id,
        id: randomUUID(),
        cluster_id: operation.cluster_id,
        operation_id: operation.id,
        step_name: 'Launching instances',
        step_type: 'CREATING',
        source: 'infra',
        position: 0,
        state: 'PENDING',
        completed: 0,
        failed: 0,
        total: null,
        own_failure_id: null,
        successful: null,
        started_at: null,
        completed_at: null,
        last_report_at: null,
        duration: null,
        last_progress_at: null,
        curve: [],
        stalled_since: null,
        stall: null,
        due_at: null,
        erased_through: 0,
        fingerprint: null,
        redundant_erased: false,
        erased: false,
        revision: 1,
        created_at: at,
        updated_at: at,
        ...row,
      }),

    event: (step: StepRow, row: Partial<EventRow> = {}) =>
      insert<EventRow>(pool, 'cluster_event', {
        tenant_id: step.tenant_id,
        id: randomUUID(),
        cluster_id: step.cluster_id,
        provision_step_id: step.id,
        node_group_id: null,
        instance_id: null,
        instance_name: null,
        event_info: null,
        successful: true,
        error_id: null,
        late: false,
        withdrawn: false,
        occurred_at: at,
        revision: 1,
        created_at: at,
        updated_at: at,
        ...row,
      }),

    unit: (step: StepRow, key: string, row: Partial<UnitRow> = {}) =>
      insert<UnitRow>(pool, 'step_unit', {
        tenant_id: step.tenant_id,
        provision_step_id: step.id,
        key,
        node_group_id: null,
        instance_id: null,
        instance_name: null,
        state: 'SUCCEEDED',
        reports: 1,
        first_report_at: at,
        last_report_at: at,
        last_failure_id: null,
        revision: 1,
        ...row,
      }),

    plugin: (row: Partial<PluginRow>) =>
      insert<PluginRow>(pool, 'plugin', {
        tenant_id: 'acme',
        name: 'infra',
        version: null,
        creating: [],
        scaling: [],
        deleting: [],
        created_at: at,
        updated_at: at,
        ...row,
      }),
  };
}

async function insert<Row extends object>(pool: Pool, table: string, row: Row): Promise<Row> {
  const places = Object.keys(row).map((_, index) => `$${index + 1}`);
  await pool.query(`INSERT INTO ${table} (${Object.keys(row)}) VALUES (${places})`, Object.values(row));
  return row;
}
