import { createApi } from './api.js';
import { ServerClock } from './clock.js';
import type { Token } from './credentials.js';
import { type ChangesOptions, followChanges } from './follow/changes.js';
import { type ClusterListOptions, followClusters } from './follow/cluster-list.js';
import { type EventsOptions, followEvents } from './follow/events.js';
import { followProgress, type ProgressOptions } from './follow/progress.js';
import { Socket } from './follow/socket.js';
import { followUnits, type UnitsOptions } from './follow/units.js';
import { createRequest } from './http.js';
import { Reporter, type ReporterOptions } from './report/reporter.js';

export type {
  ClusterFilter,
  ClusterOrder,
  ErrorCode,
  EventFilter,
  OperationState,
  StepState,
  StepType,
  UnitFilter,
  UnitState,
} from '../generated/client.js';
export type {
  Api,
  Cluster,
  ClusterState,
  ErrorGroup,
  Estimate,
  Event,
  ListedCluster,
  LocatedFailure,
  Operation,
  Plugin,
  Step,
  StepRun,
  StepUnit,
} from './api.js';
export type { ServerClock } from './clock.js';
export type { Token } from './credentials.js';
export { StepcastError } from './errors.js';
export type { ChangesOptions, ClusterChanges } from './follow/changes.js';
export type { ClusterList, ClusterListOptions } from './follow/cluster-list.js';
export type { EventBatch, EventsOptions } from './follow/events.js';
export type { Following, FollowState } from './follow/following.js';
export type { Progress, ProgressOptions } from './follow/progress.js';
export { type PicturedUnit, type UnitPicture, type UnitsOptions, unitStates } from './follow/units.js';
export { currentOperation, type OperationOptions, type ReportedOperation } from './report/operation.js';
export type { Reporter, ReporterOptions } from './report/reporter.js';
export { currentStep, type ReportedStep, reportUnit, type StepOptions, type Unit } from './report/step.js';

export interface ClientOptions {
  /** The server's GraphQL address, such as `http://127.0.0.1:4000/graphql`; its websocket is at the same path. */
  readonly url: string;
  /** The caller's bearer token: a function is called for every request and every connection, so that it may return a fresh one. */
  readonly token?: Token;
}

export type Client = ReturnType<typeof createClient>;

/**
 * A Stepcast client: the API's queries and mutations as methods, a reporter for plugins, and followers (subscriptions that
 * reconnect). It keeps no connection open except for its followers.
 */
export function createClient({ url, token }: ClientOptions) {
  const address = parseUrl(url);
  const clock = new ServerClock();
  const request = createRequest(address, clock, token);
  const api = createApi(request);
  const socket = new Socket(address, request, token);
  return {
    ...api,
    clock,
    /** Tries a lost connection again now, such as when the device is back on its network; without one, does nothing. */
    reconnect: () => socket.retry(),
    /** When a lost connection is tried again by itself; null: it is there or being tried, or nothing is followed. */
    retryAt: () => socket.retryAt,
    reporter: (options?: ReporterOptions) => new Reporter(api, options),
    followProgress: (options: ProgressOptions) => followProgress(socket, options),
    followEvents: (options: EventsOptions) => followEvents(socket, options),
    followClusters: (options?: ClusterListOptions) => followClusters(socket, api, options),
    followUnits: (options: UnitsOptions) => followUnits(socket, options),
    followChanges: (options?: ChangesOptions) => followChanges(socket, options),
  };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed && ['http:', 'https:'].includes(parsed.protocol)) return parsed;
  throw new TypeError(`expected an address like http://127.0.0.1:4000/graphql, got ${JSON.stringify(url)}`);
}
