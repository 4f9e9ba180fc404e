import type { Cluster } from '../domain/cluster.js';
import type { Event } from '../domain/event.js';
import type { Operation, OperationState } from '../domain/operation.js';
import type { Plugin } from '../domain/plugin.js';
import type { Step, StepState, StepType } from '../domain/step.js';

/** A time as it comes in a column, or inside JSON: both have whole milliseconds. */
type Time = Date | string;

export interface ClusterRow {
  tenant_id: string;
  id: string;
  name: string;
  status: string;
  status_description: string | null;
  plugin_name: string | null;
  plugin_version: string | null;
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
  number: number;
  lease_seconds: number | null;
  lease_expires_at: Time | null;
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
  number: row.number,
  leaseSeconds: row.lease_seconds,
  leaseExpiresAt: dateOrNull(row.lease_expires_at),
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
  successful: boolean | null;
  started_at: Time | null;
  completed_at: Time | null;
  duration: number | null;
  erased_through: number;
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
  successful: row.successful,
  startedAt: dateOrNull(row.started_at),
  completedAt: dateOrNull(row.completed_at),
  duration: row.duration,
  erasedThrough: row.erased_through,
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
  revision: row.revision,
  createdAt: date(row.created_at),
  updatedAt: date(row.updated_at),
});

export interface PluginRow {
  tenant_id: string;
  name: string;
  version: string | null;
  creating: string[];
  scaling: string[];
  deleting: string[];
  created_at: Time;
  updated_at: Time;
}

export const toPlugin = (row: PluginRow): Plugin => ({
  tenantId: row.tenant_id,
  name: row.name,
  version: row.version,
  provisioningSteps: { creating: row.creating, scaling: row.scaling, deleting: row.deleting },
  createdAt: date(row.created_at),
  updatedAt: date(row.updated_at),
});

const date = (time: Time) => (time instanceof Date ? time : new Date(time));
const dateOrNull = (time: Time | null) => (time === null ? null : date(time));
