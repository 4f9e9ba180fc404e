import { createApi } from './api.js';
import { followChanges } from './follow/changes.js';
import { type EventsOptions, followEvents } from './follow/events.js';
import { followProgress, type ProgressOptions } from './follow/progress.js';
import { Socket } from './follow/socket.js';
import { createRequest, type Token } from './http.js';
import { Reporter, type ReporterOptions } from './report/reporter.js';

export type { ErrorCode, OperationState, StepState, StepType } from '../generated/client.js';
export type { Api, Cluster, ClusterState, Event, Operation, Plugin, Step } from './api.js';
export { StepcastError } from './errors.js';
export type { Changes, ClusterChange } from './follow/changes.js';
export type { EventBatch, EventsOptions } from './follow/events.js';
export type { Following, FollowState } from './follow/follower.js';
export type { Progress, ProgressOptions } from './follow/progress.js';
export type { Token } from './http.js';
export type { ReportedOperation } from './report/operation.js';
export type { Reporter, ReporterOptions } from './report/reporter.js';
export type { ReportedStep, StepOptions, Unit } from './report/step.js';

export interface ClientOptions {
  /** The server's GraphQL address, such as `http://127.0.0.1:4000/graphql`; its websocket is at the same path. */
  readonly url: string;
  /** The caller's bearer token. Asked for before every request and every connection, so that it may be a fresh one. */
  readonly token?: Token;
}

export type Client = ReturnType<typeof createClient>;

/**
 * A Stepcast client: the API's queries and mutations as methods, a reporter for plugins, and live followers. It holds
 * nothing open but what its followers and reporters hold.
 */
export function createClient({ url, token }: ClientOptions) {
  const address = parseUrl(url);
  const api = createApi(createRequest(address, token));
  const socket = new Socket(address, token);
  return {
    ...api,
    reporter: (options?: ReporterOptions) => new Reporter(api, options),
    followProgress: (options: ProgressOptions) => followProgress(socket, options),
    followEvents: (options: EventsOptions) => followEvents(socket, options),
    followChanges: () => followChanges(socket),
  };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed && ['http:', 'https:'].includes(parsed.protocol)) return parsed;
  throw new TypeError(`expected an address like http://127.0.0.1:4000/graphql, got ${JSON.stringify(url)}`);
}
