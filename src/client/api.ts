import * as api from '../generated/client.js';
import { StepcastError } from './errors.js';
import type { Request } from './http.js';

export type Cluster = api.ClusterFieldsFragment;
/**
 * A cluster as lists show it: with its running and its newest operation, the states of that one's steps in order, and the
 * step it is at. `estimate` is there when it was asked for.
 */
export type ListedCluster = api.ListedClusterFieldsFragment;
/** When something will be done: in 8 of 10 runs like it between `earliest` and `latest` (P2). */
export type Estimate = api.EstimateFieldsFragment;
/** `estimate` is what followers are told; not part of what a mutation answers. */
export type Operation = api.OperationFieldsFragment & { readonly estimate?: Estimate | null };
export type Step = api.StepFieldsFragment & { readonly estimate?: Estimate | null };
export type Event = api.EventFieldsFragment;
export type Plugin = api.PluginFieldsFragment;
export type ErrorGroup = api.ErrorGroupFieldsFragment;
/** One thing a step works on, and what was reported of it last; named so beside the reporter's `Unit`. */
export type StepUnit = api.UnitFieldsFragment;
/** How a step went in a run that has ended. */
export type StepRun = api.StepHistoryQuery['stepHistory'][number];
/** A failure with its step and its cluster. */
export type LocatedFailure = NonNullable<api.FailuresByErrorIdQuery['eventsByErrorId']>[number];
export type ClusterState = NonNullable<api.ClusterQuery['cluster']>;

/** The API's mutations and queries, one method each. All reject with a StepcastError. */
export type Api = ReturnType<typeof createApi>;

export function createApi(request: Request) {
  return { ...mutations(request), ...queries(request) };
}

/** Each resolves with what the payload contains; null when the event log is switched off (F4). */
function mutations(request: Request) {
  return {
    registerPlugin: async (input: api.RegisterPluginInput) =>
      (await request(api.RegisterPluginDocument, { input })).registerPlugin.plugin,
    createCluster: async (input: api.CreateClusterInput) =>
      (await request(api.CreateClusterDocument, { input })).createCluster.cluster,
    updateCluster: async (input: api.UpdateClusterInput) =>
      (await request(api.UpdateClusterDocument, { input })).updateCluster.cluster,
    deleteCluster: async (input: api.DeleteClusterInput) =>
      (await request(api.DeleteClusterDocument, { input })).deleteCluster.id,
    startOperation: async (input: api.StartOperationInput) =>
      (await request(api.StartOperationDocument, { input })).startOperation.operation,
    /** A sign of life (O7). Resolves with when the lease runs out next. */
    heartbeat: async (input: api.HeartbeatInput) =>
      (await request(api.HeartbeatDocument, { input })).heartbeat.leaseExpiresAt,
    addStep: async (input: api.AddStepInput) => (await request(api.AddStepDocument, { input })).addStep.step,
    startStep: async (input: api.StartStepInput) => (await request(api.StartStepDocument, { input })).startStep.step,
    /** Corrects the total of an open step (S5b). */
    updateStep: async (input: api.UpdateStepInput) =>
      (await request(api.UpdateStepDocument, { input })).updateStep.step,
    /** Up to 1000 events. Rejected events do not reject the promise: each event's outcome is in `results`. */
    reportEvents: async (input: api.ReportEventsInput) =>
      (await request(api.ReportEventsDocument, { input })).reportEvents,
    finishStep: async (input: api.FinishStepInput) =>
      (await request(api.FinishStepDocument, { input })).finishStep.step,
    finishOperation: async (input: api.FinishOperationInput) =>
      (await request(api.FinishOperationDocument, { input })).finishOperation.operation,
    cancelOperation: async (input: api.CancelOperationInput) =>
      (await request(api.CancelOperationDocument, { input })).cancelOperation.operation,
  };
}

function queries(request: Request) {
  return {
    /** A cluster with its running operation and all its steps. Null when there is none. */
    cluster: async (id: string) => (await request(api.ClusterDocument, { id })).cluster,
    /** A page of clusters, newest first unless asked otherwise. */
    clusters: async (page: api.ClustersQueryVariables = {}) => (await request(api.ClustersDocument, page)).clusters,
    /** A page of a cluster's operations, newest first. NOT_FOUND when there is no such cluster. */
    operations: async (page: api.OperationsQueryVariables) => {
      const { cluster } = await request(api.OperationsDocument, page);
      return expectCluster(cluster, page.clusterId).operations;
    },
    /** A page of a cluster's log, in recorded order. NOT_FOUND when there is no such cluster. */
    events: async (page: api.EventsQueryVariables) => {
      const { cluster } = await request(api.EventsDocument, page);
      return expectCluster(cluster, page.clusterId).events;
    },
    /** How many clusters there are of each kind. */
    clusterCounts: async (filter: api.ClusterFilter | null = null) => {
      const { clusterCounts } = await request(api.ClusterCountsDocument, { filter });
      return clusterCounts ?? { all: 0, running: 0, failed: 0, failing: 0, stalled: 0, idle: 0 };
    },
    /** An operation with its steps. Null when there is none. */
    operation: async (id: string) => {
      const { node } = await request(api.OperationDocument, { id });
      return node && 'steps' in node ? node : null;
    },
    /** One event of the log. Null when there is none, or when it was erased. */
    event: async (id: string) => {
      const { node } = await request(api.EventDocument, { id });
      return node && 'provisionStepId' in node ? node : null;
    },
    /** A page of a step's units. NOT_FOUND when there is no such step. */
    units: async (page: api.StepUnitsQueryVariables) => {
      const { node } = await request(api.StepUnitsDocument, page);
      if (node && 'units' in node && node.units) return node.units;
      throw expectedId('a step', page.stepId);
    },
    /** How a step went in runs that have ended, newest first. */
    stepHistory: async (step: api.StepHistoryQueryVariables) =>
      (await request(api.StepHistoryDocument, step)).stepHistory,
    /** The failures with this error id with their steps and clusters, newest first, those of deleted clusters included. */
    failuresByErrorId: async (errorId: string, first?: number) =>
      (await request(api.FailuresByErrorIdDocument, { errorId, first })).eventsByErrorId,
    server: async () => (await request(api.ServerDocument, {})).server,
    /** Why units of an operation's steps failed, most of what stands failed first. NOT_FOUND when there is no such operation. */
    operationErrorGroups: async (id: string, first?: number) =>
      expectGroups((await request(api.OperationErrorGroupsDocument, { id, first })).node, 'an operation', id),
    /** Why a step's units failed. NOT_FOUND when there is no such step. */
    stepErrorGroups: async (id: string, first?: number) =>
      expectGroups((await request(api.StepErrorGroupsDocument, { id, first })).node, 'a step', id),
    /** The failures with this error id, newest first, those of deleted clusters included. */
    eventsByErrorId: async (errorId: string, first?: number) =>
      (await request(api.EventsByErrorIdDocument, { errorId, first })).eventsByErrorId,
    plugin: async (name: string) => (await request(api.PluginDocument, { name })).plugin,
    plugins: async () => (await request(api.PluginsDocument, {})).plugins,
    viewer: async () => (await request(api.ViewerDocument, {})).viewer,
  };
}

function expectGroups(node: { errorGroups?: ErrorGroup[] } | null, what: string, id: string): ErrorGroup[] {
  if (node?.errorGroups) return node.errorGroups;
  throw expectedId(what, id);
}

const expectedId = (what: string, id: string) =>
  new StepcastError('NOT_FOUND', `expected the id of ${what}, got ${JSON.stringify(id)}, which names none`);

function expectCluster<T>(cluster: T | null, id: string): T {
  if (cluster) return cluster;
  throw expectedId('a cluster', id);
}
