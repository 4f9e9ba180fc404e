import { counted, moved, type RecordedEvent } from './causes/tally.js';
import { ChangesByCluster } from './changes-by-cluster.js';
import { type Cluster, clusterOf, keyOf, type Ref } from './cluster.js';
import { isLost, runOf } from './estimate/ended.js';
import type { StepRun } from './estimate/run.js';
import type { Event } from './event.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Loaded } from './read-set.js';
import { RefMap } from './ref-map.js';
import type { Step } from './step.js';
import { Table } from './table.js';
import { stepOf, type Unit } from './unit.js';
import { Units } from './units.js';
import type { ClusterChange, WriteSet } from './write-set.js';

/**
 * The part of the store a batch of commands is decided against: what was loaded, overlaid with what the commands
 * before have changed. Rows are values; saving one replaces it. Whoever saves beneath a cluster first takes the
 * cluster's next revision, so that every change has its place (E1), and its time from `clock` (S9).
 */
export class UnitOfWork {
  /** The database's clock, as it is: what leases are measured by. */
  readonly now: Date;
  readonly units: Units;
  readonly #clusters = new Table<Cluster>(itself);
  readonly #operations = new Table<Operation>(itself);
  readonly #steps = new Table<Step>(itself);
  readonly #plugins = new Table<Plugin>(({ tenantId, name }) => ({ tenantId, id: name }));
  /** The step that each known event was recorded of. */
  readonly #known = new RefMap<string>();
  readonly #events = new Table<RecordedEvent>(itself);
  /** The own failures (S5a) of steps as they were loaded. */
  readonly #ownFailures = new RefMap<Ref>();
  readonly #withdrawn: (Ref & { readonly clusterId: string })[] = [];
  readonly #moved = new Set<string>();
  /** Steps that have ended. */
  readonly #ended = new RefMap<Ref>();
  readonly #runs: Map<string, number>;
  readonly #stepsOf = new RefMap<Ref[]>();
  readonly #operationsOf = new RefMap<Ref[]>();
  readonly #revisions = new RefMap<Revision>();

  constructor(loaded: Loaded) {
    this.now = loaded.now;
    this.#runs = new Map(loaded.runs);
    for (const event of loaded.known) this.#known.set(event, event.stepId);
    this.units = new Units(loaded.units);
    for (const cluster of loaded.clusters) {
      const { tenantId, id, revision } = cluster;
      this.#clusters.load(cluster);
      this.#revisions.set(cluster, { cluster: { tenantId, id }, before: revision, now: revision });
    }
    for (const operation of loaded.operations) {
      this.#operations.load(operation);
      this.#operationsOf.ensure(clusterOf(operation), none).push(operation);
    }
    for (const step of [...loaded.steps].sort((a, b) => a.position - b.position)) {
      this.#steps.load(step);
      this.#stepsOf.ensure(operationOf(step), none).push(step);
      const failure = ownFailureOf(step);
      if (failure) this.#ownFailures.set(step, failure);
    }
    for (const plugin of loaded.plugins) this.#plugins.load(plugin);
  }

  /** A cluster that is there to be written to: not one deleted. */
  cluster(ref: Ref): Cluster | undefined {
    const cluster = this.#clusters.get(ref);
    return cluster?.deletedAt ? undefined : cluster;
  }
  /** Whether the id was ever a cluster's, deleted ones included. */
  hasCluster(ref: Ref): boolean {
    return this.#clusters.get(ref) !== undefined;
  }
  operation(ref: Ref): Operation | undefined {
    return this.#operations.get(ref);
  }
  step(ref: Ref): Step | undefined {
    return this.#steps.get(ref);
  }
  plugin(tenantId: string, name: string): Plugin | undefined {
    return this.#plugins.get({ tenantId, id: name });
  }
  /** E2: the step that an event of this id was recorded of. */
  knownOf(event: Ref): string | undefined {
    return this.#known.get(event);
  }
  /** S9: the time of a change beneath a cluster: the database's clock, but never before the change before. */
  clock(cluster: Ref): Date {
    const last = this.#clusters.get(cluster)?.updatedAt;
    return last && last.getTime() > this.now.getTime() ? last : this.now;
  }
  /** Whether the cluster has no later operation. */
  isNewest(operation: Operation): boolean {
    return this.#runs.get(keyOf(clusterOf(operation))) === operation.number;
  }
  runningOperation(cluster: Cluster): Operation | undefined {
    const operations = this.#operationsOf.get(cluster) ?? [];
    return operations.map((ref) => this.#operations.get(ref)).find((operation) => operation?.state === 'RUNNING');
  }
  /** In order of position. */
  stepsOf(operation: Operation): Step[] {
    const steps = this.#stepsOf.get(operation) ?? [];
    return steps.map((ref) => this.#steps.get(ref) as Step);
  }

  addCluster(cluster: Cluster): Cluster {
    const { tenantId, id, revision } = cluster;
    this.#clusters.save(cluster);
    this.#revisions.set(cluster, { cluster: { tenantId, id }, before: 0, now: revision });
    return cluster;
  }
  saveCluster(cluster: Cluster): Cluster {
    const saved = { ...cluster, revision: this.nextRevision(cluster), updatedAt: this.clock(cluster) };
    this.#clusters.save(saved);
    return saved;
  }
  savePlugin(plugin: Plugin): Plugin {
    this.#plugins.save(plugin);
    return plugin;
  }
  /** The number the cluster's next operation has, from 1. */
  nextRun(cluster: Cluster): number {
    return (this.#runs.get(keyOf(cluster)) ?? 0) + 1;
  }
  /** Keeps an operation as it now stands, new or known, stamped with `revision`. */
  saveOperation(operation: Operation, revision: number): Operation {
    const saved = { ...operation, revision, updatedAt: this.clock(clusterOf(operation)) };
    if (this.#operations.get(saved) === undefined) {
      this.#operationsOf.ensure(clusterOf(saved), none).push(saved);
      this.#runs.set(keyOf(clusterOf(saved)), saved.number);
    }
    this.#operations.save(saved);
    // P1: what has failed may yet do better until then.
    if (saved.state !== 'RUNNING') for (const step of this.stepsOf(saved).filter(isLost)) this.#ended.set(step, step);
    return saved;
  }
  /** Keeps a step as it now stands, new or known, stamped with `revision`. */
  saveStep(step: Step, revision: number): Step {
    const saved = { ...step, revision, updatedAt: this.clock(clusterOf(step)) };
    const before = this.#steps.get(saved);
    if (!before) this.#stepsOf.ensure(operationOf(saved), none).push(saved);
    this.#steps.save(saved);
    if (saved.state === 'SUCCEEDED' && before?.state !== 'SUCCEEDED') this.#ended.set(saved, saved);
    if (before?.position !== saved.position) {
      if (before) this.#moved.add(keyOf(saved));
      this.#sort(operationOf(saved));
    }
    return saved;
  }
  addEvent(event: RecordedEvent): Event {
    this.#known.set(event, event.provisionStepId);
    this.#events.save(event);
    return event;
  }
  /** O7: marks an event, stored or of this batch, as one that proved wrong. */
  withdraw(event: Ref & { readonly clusterId: string }): void {
    const added = this.#events.get(event);
    if (added) this.#events.save({ ...added, withdrawn: true });
    else this.#withdrawn.push(event);
  }
  /** Moves the cluster to its next revision and says which. */
  nextRevision(cluster: Ref): number {
    const revision = this.#revisions.get(cluster) as Revision;
    revision.now += 1;
    return revision.now;
  }

  changes(): WriteSet {
    return {
      ...this.#changedClusters(),
      operations: this.#operations.changed(),
      newOperations: this.#operations.added(),
      steps: this.#steps.changed(),
      newSteps: this.#steps.added(),
      movedSteps: this.#steps.changed().filter((step) => this.#moved.has(keyOf(step))),
      units: this.units.saved,
      removedUnits: this.units.removed,
      events: this.#events.saved(),
      withdrawn: this.#withdrawn,
      causes: this.#causes(),
      plugins: this.#plugins.saved(),
      runs: [...this.#ended.values()].flatMap((ref) => this.#runOf(this.#steps.get(ref) as Step) ?? []),
    };
  }

  #causes() {
    const steps = this.#steps.saved();
    const before = [...this.units.failuresBefore, ...steps.flatMap((step) => this.#ownFailures.get(step) ?? [])];
    const after = [...this.units.failuresAfter, ...steps.flatMap((step) => ownFailureOf(step) ?? [])];
    return { counted: counted(this.#events.saved()), moved: moved(before, after, this.#withdrawn) };
  }

  /** P1 */
  #runOf(step: Step): StepRun | null {
    const cluster = this.#clusters.get(clusterOf(step));
    return cluster ? runOf(step, cluster, this.clock(cluster)) : null;
  }

  /** Those that have moved to another revision. */
  #changedClusters(): Pick<WriteSet, 'clusters' | 'newClusters'> {
    const clusters: Cluster[] = [];
    const newClusters: Cluster[] = [];
    for (const { cluster, before, now } of this.#revisions.values()) {
      if (now === before) continue;
      const row = this.#clusters.get(cluster) as Cluster;
      (before === 0 ? newClusters : clusters).push({ ...row, revision: now, updatedAt: this.clock(row) });
    }
    return { clusters, newClusters };
  }

  #stepOf = (unit: Unit) => this.#steps.get(stepOf(unit)) as Step;

  #sort(operation: Ref): void {
    const position = (ref: Ref) => (this.#steps.get(ref) as Step).position;
    this.#stepsOf.get(operation)?.sort((a, b) => position(a) - position(b));
  }

  /** The changes, cluster by cluster. */
  changesByCluster(): ClusterChange[] {
    const { clusters, newClusters } = this.#changedClusters();
    const changes = new ChangesByCluster();
    for (const cluster of [...clusters, ...newClusters])
      changes.begin(cluster, this.#revisions.get(cluster)?.before ?? 0, this.now);
    for (const operation of this.#operations.saved()) changes.of(operation)?.operations.push(operation);
    for (const step of this.#steps.saved()) changes.of(step)?.steps.push(step);
    for (const unit of this.units.saved) changes.of(this.#stepOf(unit))?.units.push(unit);
    for (const unit of this.units.removed) changes.of(this.#stepOf(unit))?.removedUnits.push(unit);
    for (const event of this.#events.saved()) changes.of(event)?.events.push(event);
    for (const event of this.#withdrawn) changes.of(event)?.withdrawn.push(event.id);
    return changes.all;
  }
}

const itself = (row: Ref) => row;
const none = (): Ref[] => [];
const operationOf = ({ tenantId, operationId }: Step): Ref => ({ tenantId, id: operationId });

/** The event of a step's own failure, while that stands. */
const ownFailureOf = ({ tenantId, ownFailureId }: Step): Ref | null =>
  ownFailureId === null ? null : { tenantId, id: ownFailureId };

/** Of a cluster: its revision as loaded, and as it has become. */
interface Revision {
  readonly cluster: Ref;
  readonly before: number;
  now: number;
}
