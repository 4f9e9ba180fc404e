import type { PluginRow } from './plugin-rows.js';
import type { CauseRow, ClusterRow, EventRow, OperationRow, StepRow, UnitRow } from './rows.js';
import type { RunRow } from './run-rows.js';

/**
 * The columns a statement selects, named one by one: a prepared `SELECT *` fails on every connection ("cached plan must
 * not change result type") once a newer server's migration has added a column.
 */
export const clusterColumns = list<ClusterRow>()(
  'tenant_id',
  'id',
  'name',
  'status',
  'status_description',
  'plugin_name',
  'plugin_version',
  'fingerprint',
  'revision',
  'created_at',
  'updated_at',
  'deleted_at',
);

export const operationColumns = list<OperationRow>()(
  'tenant_id',
  'id',
  'cluster_id',
  'type',
  'state',
  'ending',
  'reason',
  'auto_finish',
  'number',
  'lease_seconds',
  'lease_expires_at',
  'last_report_at',
  'interruption_id',
  'fingerprint',
  'revision',
  'started_at',
  'completed_at',
  'updated_at',
);

export const stepColumns = list<StepRow>()(
  'tenant_id',
  'id',
  'cluster_id',
  'operation_id',
  'step_name',
  'step_type',
  'source',
  'position',
  'state',
  'completed',
  'failed',
  'total',
  'own_failure_id',
  'successful',
  'started_at',
  'completed_at',
  'last_report_at',
  'duration',
  'last_progress_at',
  'curve',
  'stalled_since',
  'stall',
  'due_at',
  'erased_through',
  'fingerprint',
  'revision',
  'created_at',
  'updated_at',
);

export const eventColumns = list<EventRow>()(
  'tenant_id',
  'id',
  'cluster_id',
  'provision_step_id',
  'node_group_id',
  'instance_id',
  'instance_name',
  'event_info',
  'successful',
  'error_id',
  'late',
  'withdrawn',
  'occurred_at',
  'revision',
  'created_at',
  'updated_at',
);

export const unitColumns = list<UnitRow>()(
  'tenant_id',
  'provision_step_id',
  'key',
  'node_group_id',
  'instance_id',
  'instance_name',
  'state',
  'reports',
  'first_report_at',
  'last_report_at',
  'last_failure_id',
  'revision',
);

export const causeColumns = list<CauseRow>()(
  'tenant_id',
  'provision_step_id',
  'hash',
  'pattern',
  'reports',
  'units',
  'first_seen_at',
  'last_seen_at',
  'sample_id',
);

export const pluginColumns = list<PluginRow>()(
  'tenant_id',
  'name',
  'version',
  'creating',
  'scaling',
  'deleting',
  'created_at',
  'updated_at',
);

export const runColumns = list<RunRow>()(
  'tenant_id',
  'step_id',
  'plugin_name',
  'step_type',
  'step_name',
  'operation_id',
  'cluster_id',
  'total',
  'successful',
  'started_at',
  'ended_at',
  'duration',
  'first_at',
  'early_gap',
  'longest_gap',
  'times',
);

/** `c.tenant_id, c.id, …` of the table that goes by this name in a statement. */
export const from = (table: string, columns: readonly string[]): string =>
  columns.map((column) => `${table}.${column}`).join(', ');

/** The columns of a row: a misspelt one, or one left out, does not compile. */
function list<Row>() {
  return <const Columns extends readonly (keyof Row & string)[]>(
    ...columns: Columns & ([keyof Row] extends [Columns[number]] ? unknown : never)
  ): readonly string[] => columns;
}
