import * as api from '../generated/client.js';
import { StepcastError } from './errors.js';
import type { Request } from './http.js';

export type Cluster = api.ClusterFieldsFragment;
export type Operation = api.OperationFieldsFragment;
export type Step = api.StepFieldsFragment;
export type Event = api.EventFieldsFragment;
export type Plugin = api.PluginFieldsFragment;
export type ClusterState = NonNullable<api.ClusterQuery['cluster']>;

/** The API's mutations and queries, one method each. All reject with a StepcastError. */
export type Api = ReturnType<typeof createApi>;

export function createApi(request: Request) {
  return { ...mutations(request), ...queries(request) };
}

/** Null where the payload is: the event log is switched off. */
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
    addStep: async (input: api.AddStepInput) => (await request(api.AddStepDocument, { input })).addStep.step,
    startStep: async (input: api.StartStepInput) => (await request(api.StartStepDocument, { input })).startStep.step,
    /** Up to 1000 events. Refused ones do not reject: each event's outcome is in `results`. */
    reportEvents: async (input: api.ReportEventsInput) =>
      (await request(api.ReportEventsDocument, { input })).reportEvents,
    finishStep: async (input: api.FinishStepInput) =>
      (await request(api.FinishStepDocument, { input })).finishStep.step,
    finishOperation: async (input: api.FinishOperationInput) =>
      (await request(api.FinishOperationDocument, { input })).finishOperation.operation,
  };
}

function queries(request: Request) {
  return {
    /** A cluster with its running operation and all its steps. Null when there is none. */
    cluster: async (id: string) => (await request(api.ClusterDocument, { id })).cluster,
    /** A page of clusters, newest first, each with what runs on it. */
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
    /** The failure with this error id. Null when there is none. */
    eventByErrorId: async (errorId: string) => (await request(api.EventByErrorIdDocument, { errorId })).eventByErrorId,
    plugin: async (name: string) => (await request(api.PluginDocument, { name })).plugin,
    plugins: async () => (await request(api.PluginsDocument, {})).plugins,
    viewer: async () => (await request(api.ViewerDocument, {})).viewer,
  };
}

function expectCluster<T>(cluster: T | null, id: string): T {
  if (cluster) return cluster;
  throw new StepcastError('NOT_FOUND', `expected the id of a cluster, got ${JSON.stringify(id)}, which names none`);
}
