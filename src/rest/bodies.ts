import type { Cluster } from '../domain/cluster.js';
import type { Event } from '../domain/event.js';
import { type Step, summary } from '../domain/step.js';

/** What a cluster's body shows beside the cluster. */
export interface Progress {
  /** All of the cluster's steps. */
  readonly steps: readonly Step[];
  /** The step to look at, null before any has begun. */
  readonly current: Step | null;
  /** With `show_progress`, the events of its steps. */
  readonly events?: StepEvents | undefined;
}

/** Events of a cluster's log, by their steps. */
export interface StepEvents {
  readonly ofSteps: ReadonlyMap<string, readonly Event[]>;
  /** Whether older ones are left out. */
  readonly omitted: boolean;
}

/**
 * `provisioning_progress` is the specification's, field for field. `provision_progress` is what Sahara released: the same
 * steps with their tenant, their events if they are asked for, and the sentence about each.
 */
export function clusterBody(cluster: Cluster, { steps, current, events }: Progress) {
  const ordered = byCreation(steps);
  return {
    id: cluster.id,
    name: cluster.name,
    tenant_id: cluster.tenantId,
    status: cluster.status,
    status_description: cluster.statusDescription,
    plugin_name: cluster.pluginName,
    plugin_version: cluster.pluginVersion,
    // The name of the same in Sahara's v1.1.
    hadoop_version: cluster.pluginVersion,
    created_at: moment(cluster.createdAt),
    updated_at: moment(cluster.updatedAt),
    current_step: current && { ...stepBody(current), summary: summary(current) },
    provisioning_progress: ordered.map(stepBody),
    provision_progress: ordered.map((step) => ({
      ...stepBody(step),
      tenant_id: step.tenantId,
      summary: summary(step),
      ...(events && { events: (events.ofSteps.get(step.id) ?? []).map(eventBody) }),
    })),
    ...(events && { events_omitted: events.omitted }),
  };
}

/** By `created_at`; steps of the same moment stay in the order of the series. */
const byCreation = (steps: readonly Step[]) =>
  steps.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime());

const stepBody = (step: Step) => ({
  id: step.id,
  cluster_id: step.clusterId,
  step_name: step.stepName,
  step_type: step.stepType.toLowerCase(),
  completed: step.completed,
  total: step.total,
  successful: step.successful,
  created_at: moment(step.createdAt),
  started_at: step.startedAt?.toISOString() ?? null,
  completed_at: step.completedAt?.toISOString() ?? null,
  updated_at: moment(step.updatedAt),
});

/** The step has the names that the specification's model, its sample and Sahara gave it. E8: what the event says of itself. */
export const eventBody = (event: Event) => ({
  id: event.id,
  cluster_id: event.clusterId,
  provision_step_id: event.provisionStepId,
  provisioning_step_id: event.provisionStepId,
  step_id: event.provisionStepId,
  node_group_id: event.nodeGroupId,
  instance_id: event.instanceId,
  instance_name: event.instanceName,
  event_info: event.eventInfo,
  error_id: event.errorId,
  successful: event.successful,
  late: event.late,
  withdrawn: event.withdrawn,
  occurred_at: moment(event.occurredAt),
  created_at: moment(event.createdAt),
  updated_at: moment(event.updatedAt),
});

/** The specification's form, in UTC: `2013-10-09 12:37:19.295701`. Stored are milliseconds. */
const moment = (time: Date) => time.toISOString().replace('T', ' ').replace('Z', '000');
