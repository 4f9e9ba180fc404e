import type { Cluster, Ref } from './cluster.js';
import type { Event } from './event.js';
import type { ClusterChange, Needs } from './needs.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Step } from './step.js';
import type { World } from './world.js';

/**
 * Where the log is kept. Every read sees every write acknowledged before it (W8). A database that cannot be reached
 * makes any call throw a Fault with UNAVAILABLE; the same call may then be tried again.
 */
export interface Store extends Journal, Library, Housekeeping {}

/** The write side. */
export interface Journal {
  /**
   * In one transaction: locks the clusters that `needs` lead to, in one order for all servers; loads what is needed;
   * calls `judge`, once, which may save to the world but not wait; stores what it changed; commits. What `judge`
   * returns is returned after the commit. When it throws, nothing is kept. Throws a Clash when a commit came in between.
   */
  transact<T>(needs: Needs, judge: (world: World) => T): Promise<T>;
}

/** A keyset page: `first` rows beyond the key `after`, in the list's own order. */
export interface Page<Key> {
  readonly first: number;
  readonly after?: Key | undefined;
}

/** A page of events ends early, after the one with which their texts come to so many bytes. */
export interface LogPage extends Page<number> {
  readonly bytes?: number | undefined;
}

export interface ClusterFilter {
  readonly status?: readonly string[] | undefined;
  /** A part of the name, whatever its case. */
  readonly name?: string | undefined;
  /** Whether an operation runs. */
  readonly running?: boolean | undefined;
}

export interface EventFilter {
  readonly clusterId: string;
  readonly stepId?: string | undefined;
  readonly successful?: boolean | undefined;
  /** Of a deleted cluster, too: its followers are still to be told how it ended. */
  readonly evenDeleted?: boolean | undefined;
}

/** What is (or, since a revision, what changed) beneath a cluster, read at one moment. Deleted clusters included. */
export interface ClusterState {
  readonly cluster: Cluster;
  /** By number. */
  readonly operations: readonly Operation[];
  /** By operation's number, then position. */
  readonly steps: readonly Step[];
}

/** A part of the log, read at one moment. */
export interface EventPage {
  readonly events: readonly Event[];
  /** Whether events that belong after the given revision had been erased by then (W4). */
  readonly erased: boolean;
}

/**
 * The read side. Lists of ids are answered in the order given, null for what is not there, deleted, or another
 * tenant's (W9), in one statement each. Ids need not be UUIDs: one that is none names nothing.
 */
export interface Library {
  clusters(tenantId: string, ids: readonly string[]): Promise<(Cluster | null)[]>;
  /** Newest first. */
  clusterPage(tenantId: string, filter: ClusterFilter, page: Page<{ createdAt: Date; id: string }>): Promise<Cluster[]>;
  operations(tenantId: string, ids: readonly string[]): Promise<(Operation | null)[]>;
  /** The operation that runs, else null, of each cluster. */
  runningOperations(tenantId: string, clusterIds: readonly string[]): Promise<(Operation | null)[]>;
  /** Newest first, of one cluster; the key is the operation's number. */
  operationPage(tenantId: string, clusterId: string, page: Page<number>): Promise<Operation[]>;
  steps(tenantId: string, ids: readonly string[]): Promise<(Step | null)[]>;
  /** All steps of each cluster, oldest first. */
  stepsOfClusters(tenantId: string, clusterIds: readonly string[]): Promise<Step[][]>;
  /** The steps of each cluster's newest operation, by position. */
  currentSteps(tenantId: string, clusterIds: readonly string[]): Promise<Step[][]>;
  /** The steps of each operation, by position. */
  stepsOfOperations(tenantId: string, operationIds: readonly string[]): Promise<Step[][]>;
  /** Recorded order; the key is the event's revision. */
  eventPage(tenantId: string, filter: EventFilter, page: LogPage): Promise<EventPage>;
  eventByErrorId(tenantId: string, errorId: string): Promise<Event | null>;
  plugins(tenantId: string, names?: readonly string[]): Promise<Plugin[]>;
  /** Null when there is no such cluster. With `since`, only operations and steps whose revision is greater. */
  clusterState(tenantId: string, clusterId: string, since?: number): Promise<ClusterState | null>;
  /** The revision each of these clusters has reached, deleted ones included; those that are gone are left out. */
  revisions(refs: readonly Ref[]): Promise<Hint[]>;
  /** The same of all clusters of a tenant. */
  revisionsOf(tenantId: string): Promise<Hint[]>;
  /** As `clusters`, but deleted ones are not hidden. */
  clustersEvenDeleted(tenantId: string, ids: readonly string[]): Promise<(Cluster | null)[]>;
}

/** Forgetting (F1-F3) and what ends by itself (S12). Each call does a bounded part and may run on any number of servers at once. */
export interface Housekeeping {
  /** Erases events and units of steps that succeeded at least `graceSeconds` ago; says how many events. Fewer than `limit`: done for now. */
  eraseRedundant(graceSeconds: number, limit: number): Promise<number>;
  /** Erases events of operations that ended at least `retentionDays` ago, and clusters deleted as long ago, wholly. */
  eraseExpired(retentionDays: number, limit: number): Promise<number>;
  /** Running operations whose lease has run out (S12), or, with `all`, every running operation. */
  overdueOperations(all: boolean, limit: number): Promise<Ref[]>;
}

/** What a server tells the others: this cluster has reached this revision. */
export interface Hint extends Ref {
  readonly revision: number;
}

/** What a server follows at the bus: one cluster, or with a null id all of a tenant's. */
export interface Topic {
  readonly tenantId: string;
  readonly id: string | null;
}

/**
 * Carries hints between servers. A hint may be lost, come late, twice, or out of order: nothing depends on it but
 * speed. `healthy` says whether hints can be trusted to arrive; while they cannot, followers ask the store.
 */
export interface Bus {
  /** Never throws and never waits for the network. Called after the commit that the hints speak of. */
  publish(hints: readonly Hint[]): void;
  /**
   * Calls `listener` with other servers' hints of the cluster (or, with a null id, of the tenant), until the returned
   * function is called. It attaches at once, or says null once it has. A null hint: anything may have changed.
   */
  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void;
  /** False from the moment hints may have been lost until the bus is whole again. */
  readonly healthy: boolean;
  /** Calls `listener` whenever the bus is whole again after hints may have been lost. */
  onHealed(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Where a write announces itself, on this server: each change whole, in the order of commits. */
export type Announce = (changes: readonly ClusterChange[]) => void;

/** The server's own log, one line a call. */
export interface Log {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}
