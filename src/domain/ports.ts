import type { StepCause } from './causes/step-cause.js';
import type { Cluster, Ref } from './cluster.js';
import type { RunKey, StepRun } from './estimate/run.js';
import type { Event } from './event.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type {
  ClusterCounts,
  ClusterFilter,
  ClusterPage,
  FailurePage,
  LogPages,
  LogPart,
  LogRef,
  Page,
  Texts,
  UnitPage,
} from './queries.js';
import type { ReadSet } from './read-set.js';
import type { Step } from './step.js';
import type { Unit } from './unit.js';
import type { UnitOfWork } from './unit-of-work.js';
import type { ClusterChange } from './write-set.js';

export type * from './queries.js';

/**
 * Where the log is kept. Every read sees every write acknowledged before it (W8). A database that cannot be reached
 * makes any call throw a Fault with UNAVAILABLE; the same call may then be tried again.
 */
export interface Store extends WriteStore, ReadStore, Housekeeping {}

/** The write side. */
export interface WriteStore {
  /**
   * In one transaction: locks the clusters that `readSet` lead to, in one order for all servers; loads what is needed;
   * calls `decide`, once, which may save to the unit of work but not wait; stores what it changed; commits. What `decide`
   * returns is returned after the commit. When it throws, nothing is kept. Throws a Clash when a commit came in between.
   */
  transact<T>(readSet: ReadSet, decide: (work: UnitOfWork) => T): Promise<T>;
}

/** A page of events ends early, after the one with which their texts come to so many bytes. */
export interface LogPage extends Page<number> {
  readonly bytes?: number | undefined;
}

export interface EventFilter {
  readonly clusterId: string;
  readonly stepId?: string | undefined;
  readonly successful?: boolean | undefined;
  /** Of a deleted cluster, too: its followers are still to be told how it ended. */
  readonly evenDeleted?: boolean | undefined;
}

/** What is (or, since a revision, what changed) beneath a cluster, of its newest operations, read at one moment. Deleted clusters included. */
export interface ClusterState {
  readonly cluster: Cluster;
  /** By number. */
  readonly operations: readonly Operation[];
  /** By operation's number, then position. */
  readonly steps: readonly Step[];
}

/** What is known of a cluster: the revision it had, and the number of its newest operation then (0: none). */
export interface Since {
  readonly revision: number;
  readonly operation: number;
}

/** Which of a step's units: those changed after the cluster's `revision`, so many at most; and whether all keys are asked for. */
export interface UnitsSince {
  readonly revision: number;
  readonly most: number;
  readonly withKeys?: boolean;
}

/** What has changed of a step's units, read at one moment. */
export interface UnitChanges {
  /** The cluster's then. */
  readonly revision: number;
  /** How many units there were. */
  readonly count: number;
  /** Those that have changed, in no order. */
  readonly units: readonly Unit[];
  /** Of all units, in no order; null if they were not asked for. */
  readonly keys: readonly string[] | null;
}

export interface DatabaseIdentity {
  /** What identifies the history that all revisions belong to: another one once the database was restored from a copy (W1). */
  readonly epoch: string;
  /** Its clock. */
  readonly time: Date;
}

/** A part of the log, read at one moment. */
export interface EventPage {
  readonly events: readonly Event[];
  /** The newest revision among erased events (W4), if it is greater than the given one; else 0. */
  readonly erasedThrough: number;
}

/**
 * The read side. Lists of ids are answered in the order given, null for what is not there or another tenant's (W9), in
 * one statement each. Ids need not be UUIDs: one that is none names nothing. Lists of clusters, and clusters by their ids,
 * are without deleted ones; what lies beneath is asked for by who holds the cluster already, a deleted one (F3) included.
 */
export interface ReadStore {
  clusters(tenantId: string, ids: readonly string[]): Promise<(Cluster | null)[]>;
  clusterPage(tenantId: string, filter: ClusterFilter, page: ClusterPage): Promise<Cluster[]>;
  clusterCounts(tenantId: string, filter: ClusterFilter): Promise<ClusterCounts>;
  operations(tenantId: string, ids: readonly string[]): Promise<(Operation | null)[]>;
  /** The newest operation of each cluster, running or ended. O2: no other one runs. */
  newestOperations(tenantId: string, clusterIds: readonly string[]): Promise<(Operation | null)[]>;
  /** The same page of each cluster's operations, newest first; the key is the operation's number. */
  operationPages(tenantId: string, clusterIds: readonly string[], page: Page<number>): Promise<Operation[][]>;
  /** The same page of each step's units. */
  unitPages(tenantId: string, stepIds: readonly string[], page: UnitPage): Promise<Unit[][]>;
  /** What has changed of a step's units. Null when there is no such cluster any more; a deleted one's are read. */
  unitChanges(step: Pick<Step, 'tenantId' | 'id' | 'clusterId'>, since: UnitsSince): Promise<UnitChanges | null>;
  /** Of each step, why its units failed, in no order. */
  causesOfSteps(tenantId: string, stepIds: readonly string[]): Promise<StepCause[][]>;
  /** Of each operation, why the units of its steps failed; of very many causes those of which most failures came. */
  causesOfOperations(tenantId: string, operationIds: readonly string[]): Promise<StepCause[][]>;
  steps(tenantId: string, ids: readonly string[]): Promise<(Step | null)[]>;
  /** All steps of each cluster, oldest first. Of all clusters together no more than `most` are read, if that is given. */
  stepsOfClusters(tenantId: string, clusterIds: readonly string[], most?: number): Promise<Step[][]>;
  /** The steps of each cluster's newest operation, by position. */
  currentSteps(tenantId: string, clusterIds: readonly string[]): Promise<Step[][]>;
  /** The steps of each operation, by position; no more than `most` of all operations, if that is given. */
  stepsOfOperations(tenantId: string, operationIds: readonly string[], most?: number): Promise<Step[][]>;
  /** Recorded order; the key is the event's revision. */
  eventPage(tenantId: string, filter: EventFilter, page: LogPage): Promise<EventPage>;
  /** The revision of the first of the newest `last` events that match; null when none does. The cluster, and its step, are known to be there. */
  revisionOfLast(tenantId: string, filter: EventFilter, last: number): Promise<number | null>;
  /** The same page of each log, in the order given; of clusters or of steps, not both. Empty for what is not there. */
  eventPages(tenantId: string, logs: readonly LogRef[], page: LogPages): Promise<LogPart[]>;
  /** Those of these events that are there, in no order. */
  events(tenantId: string, ids: readonly string[], texts: Texts): Promise<LogPart>;
  /** E5: the newest failures with this error id, newest first. */
  eventsByErrorId(tenantId: string, errorId: string, first: number, texts: Texts): Promise<LogPart>;
  /** Failures of all clusters that are not deleted, newest first. */
  failurePage(tenantId: string, page: FailurePage): Promise<LogPart>;
  /** By the database's clock. */
  now(): Promise<Date>;
  plugins(tenantId: string, names?: readonly string[]): Promise<Plugin[]>;
  /** Of so many of the newest operations; with `since`, only what has changed. Null when there is no such cluster. */
  clusterState(tenantId: string, clusterId: string, operations: number, since?: Since): Promise<ClusterState | null>;
  /** The revision each of these clusters has reached, deleted ones included; those that are gone are left out. */
  revisions(refs: readonly Ref[]): Promise<Hint[]>;
  /** The revision of each cluster of these tenants that is there: not of deleted ones. */
  revisionsOf(tenantIds: readonly string[]): Promise<Hint[]>;
  identity(): Promise<DatabaseIdentity>;
  /** P1: the newest runs of each of these steps, so many of each at most, the newest first. */
  stepRuns(keys: readonly RunKey[], most: number): Promise<StepRun[][]>;
  /** As `clusters`, but deleted ones are not hidden. */
  clustersEvenDeleted(tenantId: string, ids: readonly string[]): Promise<(Cluster | null)[]>;
}

/** Forgetting (F1-F3) and what ends by itself (O7). Each call does a bounded part and may run on any number of servers at once. */
export interface Housekeeping {
  /** Erases events and units of steps that succeeded at least `graceSeconds` ago; says how many events. Fewer than `limit`: done for now. */
  eraseRedundant(graceSeconds: number, limit: number): Promise<number>;
  /** Erases events of operations that ended at least `retentionDays` ago, and clusters deleted as long ago, wholly. */
  eraseExpired(retentionDays: number, limit: number): Promise<number>;
  /** Every running operation. */
  runningOperations(limit: number): Promise<Ref[]>;
  /** What is due by now, of either so many at most: looked for by indexes of times alone. */
  due(limit: number): Promise<Due>;
  /** Moves the times at which steps are to be looked at again, of those that stand where they were found. */
  postpone(steps: readonly Postponed[]): Promise<void>;
}

/** What is due. */
export interface Due {
  /** The database's clock. */
  readonly now: Date;
  /** Running operations whose lease has run out (O7). */
  readonly operations: readonly Ref[];
  /** Steps of which it is to be looked at whether they stand still (P3). */
  readonly steps: readonly DueStep[];
  /** The first time in the future at which something is due; null: nothing is. */
  readonly next: Date | null;
}

/** A step that is due, and what is to be known of its operation: its cluster's plugin, whether it runs, and the last sign of life. */
export interface DueStep {
  readonly step: Step;
  readonly pluginName: string | null;
  readonly isRunning: boolean;
  readonly heardAt: Date | null;
}

export interface Postponed extends Ref {
  readonly from: Date;
  /** Null: it need not be looked at. */
  readonly to: Date | null;
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
 * speed. `healthy` says whether hints can be relied on to arrive; while they cannot, followers ask the store.
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
