import type { StepCause } from '../../domain/causes/step-cause.js';
import type { Cluster } from '../../domain/cluster.js';
import type { Event } from '../../domain/event.js';
import type { Ending, Operation, OperationState } from '../../domain/operation.js';
import type { Stall, Step, StepState, StepType } from '../../domain/step.js';
import type { Unit, UnitState } from '../../domain/unit.js';

/** A time as it comes in a column, or inside JSON: both have whole milliseconds. */
export type Time = Date | string;

export interface ClusterRow {
  tenant_id: string;
  id: string;
  name: string;
  status: string;
  status_description: string | null;
  plugin_name: string | null;
  plugin_version: string | null;
  fingerprint: string | null;
  revision: number;
  created_at: Time;
  updated_at: Time;
  deleted_at: Time | null;
}

export const toCluster = (row: ClusterRow): Cluster => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  status: row.status,
  statusDescription: row.status_description,
  pluginName: row.plugin_name,
  pluginVersion: row.plugin_version,
  fingerprint: row.fingerprint,
  revision: row.revision,
  createdAt: date(row.created_at),
  updatedAt: date(row.updated_at),
  deletedAt: dateOrNull(row.deleted_at),
});

export interface OperationRow {
  tenant_id: string;
  id: string;
  cluster_id: string;
  type: StepType;
  state: OperationState;
  ending: Ending | null;
  reason: string | null;
  auto_finish: boolean;
  number: number;
  lease_seconds: number | null;
  lease_expires_at: Time | null;
  last_report_at: Time | null;
  interruption_id: string | null;
  fingerprint: string | null;
  revision: number;
  started_at: Time;
  completed_at: Time | null;
  updated_at: Time;
}

export const toOperation = (row: OperationRow): Operation => ({
  tenantId: row.tenant_id,
  id: row.id,
  clusterId: row.cluster_id,
  type: row.type,
  state: row.state,
  ending: row.ending,
  reason: row.reason,
  autoFinish: row.auto_finish,
  number: row.number,
  leaseSeconds: row.lease_seconds,
  leaseExpiresAt: dateOrNull(row.lease_expires_at),
  lastReportAt: dateOrNull(row.last_report_at),
  interruptionId: row.interruption_id,
  fingerprint: row.fingerprint,
  revision: row.revision,
  startedAt: date(row.started_at),
  completedAt: dateOrNull(row.completed_at),
  updatedAt: date(row.updated_at),
});

export interface StepRow {
  tenant_id: string;
  id: string;
  cluster_id: string;
  operation_id: string;
  step_name: string;
  step_type: StepType;
  source: string;
  position: number;
  state: StepState;
  completed: number;
  failed: number;
  total: number | null;
  own_failure_id: string | null;
  successful: boolean | null;
  started_at: Time | null;
  completed_at: Time | null;
  last_report_at: Time | null;
  duration: number | null;
  last_progress_at: Time | null;
  curve: number[];
  stalled_since: Time | null;
  stall: Stall | null;
  due_at: Time | null;
  erased_through: number;
  fingerprint: string | null;
  revision: number;
  created_at: Time;
  updated_at: Time;
}

export const toStep = (row: StepRow): Step => ({
  tenantId: row.tenant_id,
  id: row.id,
  clusterId: row.cluster_id,
  operationId: row.operation_id,
  stepName: row.step_name,
  stepType: row.step_type,
  source: row.source,
  position: row.position,
  state: row.state,
  completed: row.completed,
  failed: row.failed,
  total: row.total,
  ownFailureId: row.own_failure_id,
  successful: row.successful,
  startedAt: dateOrNull(row.started_at),
  completedAt: dateOrNull(row.completed_at),
  lastReportAt: dateOrNull(row.last_report_at),
  duration: row.duration,
  lastProgressAt: dateOrNull(row.last_progress_at),
  curve: row.curve,
  stalledSince: dateOrNull(row.stalled_since),
  stall: row.stall,
  dueAt: dateOrNull(row.due_at),
  erasedThrough: row.erased_through,
  fingerprint: row.fingerprint,
  revision: row.revision,
  createdAt: date(row.created_at),
  updatedAt: date(row.updated_at),
});

export interface EventRow {
  tenant_id: string;
  id: string;
  cluster_id: string;
  provision_step_id: string;
  node_group_id: string | null;
  instance_id: string | null;
  instance_name: string | null;
  event_info: string | null;
  successful: boolean;
  error_id: string | null;
  late: boolean;
  withdrawn: boolean;
  occurred_at: Time;
  revision: number;
  created_at: Time;
  updated_at: Time;
}

export const toEvent = (row: EventRow): Event => ({
  tenantId: row.tenant_id,
  id: row.id,
  clusterId: row.cluster_id,
  provisionStepId: row.provision_step_id,
  nodeGroupId: row.node_group_id,
  instanceId: row.instance_id,
  instanceName: row.instance_name,
  eventInfo: row.event_info,
  successful: row.successful,
  errorId: row.error_id,
  late: row.late,
  withdrawn: row.withdrawn,
  occurredAt: date(row.occurred_at),
  revision: row.revision,
  createdAt: date(row.created_at),
  updatedAt: date(row.updated_at),
});

export interface UnitRow {
  tenant_id: string;
  provision_step_id: string;
  key: string;
  node_group_id: string | null;
  instance_id: string | null;
  instance_name: string | null;
  state: UnitState;
  reports: number;
  first_report_at: Time;
  last_report_at: Time;
  last_failure_id: string | null;
  revision: number;
}

export const toUnit = (row: UnitRow): Unit => ({
  tenantId: row.tenant_id,
  provisionStepId: row.provision_step_id,
  key: row.key,
  nodeGroupId: row.node_group_id,
  instanceId: row.instance_id,
  instanceName: row.instance_name,
  state: row.state,
  reports: row.reports,
  firstReportAt: date(row.first_report_at),
  lastReportAt: date(row.last_report_at),
  lastFailureId: row.last_failure_id,
  revision: row.revision,
});

export interface CauseRow {
  tenant_id: string;
  provision_step_id: string;
  hash: string;
  pattern: string;
  reports: number;
  units: number;
  first_seen_at: Time;
  last_seen_at: Time;
  sample_id: string;
}

export const toStepCause = (row: CauseRow): StepCause => ({
  tenantId: row.tenant_id,
  provisionStepId: row.provision_step_id,
  hash: row.hash,
  pattern: row.pattern,
  reports: row.reports,
  units: row.units,
  firstSeenAt: date(row.first_seen_at),
  lastSeenAt: date(row.last_seen_at),
  sampleId: row.sample_id,
});

export const date = (time: Time) => (time instanceof Date ? time : new Date(time));
const dateOrNull = (time: Time | null) => (time === null ? null : date(time));
