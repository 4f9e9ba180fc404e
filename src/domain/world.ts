import { type Cluster, keyOf, type Ref } from './cluster.js';
import type { Event } from './event.js';
import type { Changes, ClusterChange, Loaded, Unit, UnitRef } from './needs.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Step } from './step.js';
import { Table } from './table.js';

/**
 * The part of the store a batch of commands is judged against: what was loaded, overlaid with what the commands
 * before have changed. Rows are values; saving one replaces it. Whoever saves beneath a cluster first takes the
 * cluster's next revision, so that every change has its place (E1).
 */
export class World {
  readonly now: Date;
  readonly #clusters = new Table<Cluster>(keyOf);
  readonly #operations = new Table<Operation>(keyOf);
  readonly #steps = new Table<Step>(keyOf);
  readonly #units = new Table<Unit>(unitKey);
  readonly #plugins = new Table<Plugin>((plugin) => keyOf({ tenantId: plugin.tenantId, id: plugin.name }));
  readonly #known: Set<string>;
  readonly #events: Event[] = [];
  readonly #runs: Map<string, number>;
  readonly #stepsOf = new Map<string, string[]>();
  readonly #operationsOf = new Map<string, string[]>();
  /** Each cluster's revision: as loaded, and as it has become. */
  readonly #before = new Map<string, number>();
  readonly #revisions = new Map<string, number>();

  constructor(loaded: Loaded) {
    this.now = loaded.now;
    this.#runs = new Map(loaded.runs);
    this.#known = new Set(loaded.known);
    for (const cluster of loaded.clusters) this.#before.set(this.#clusters.load(cluster), cluster.revision);
    for (const [key, revision] of this.#before) this.#revisions.set(key, revision);
    for (const operation of loaded.operations)
      this.#index(this.#operationsOf, operation.clusterId, operation, this.#operations.load(operation));
    for (const step of [...loaded.steps].sort((a, b) => a.position - b.position)) {
      this.#index(this.#stepsOf, step.operationId, step, this.#steps.load(step));
    }
    for (const unit of loaded.units) this.#units.load(unit);
    for (const plugin of loaded.plugins) this.#plugins.load(plugin);
  }

  /** A cluster that is there to be written to: not one deleted. */
  cluster(ref: Ref): Cluster | undefined {
    const cluster = this.#clusters.get(keyOf(ref));
    return cluster?.deletedAt ? undefined : cluster;
  }
  /** Whether the id was ever a cluster's, deleted ones included. */
  hasCluster(ref: Ref): boolean {
    return this.#clusters.get(keyOf(ref)) !== undefined;
  }
  operation(ref: Ref): Operation | undefined {
    return this.#operations.get(keyOf(ref));
  }
  step(ref: Ref): Step | undefined {
    return this.#steps.get(keyOf(ref));
  }
  plugin(tenantId: string, name: string): Plugin | undefined {
    return this.#plugins.get(keyOf({ tenantId, id: name }));
  }
  /** What was recorded last of a unit; undefined when nothing was. */
  unit(ref: UnitRef): boolean | undefined {
    return this.#units.get(unitKey(ref))?.successful;
  }
  knows(event: Ref): boolean {
    return this.#known.has(keyOf(event));
  }
  runningOperation(cluster: Cluster): Operation | undefined {
    const keys = this.#operationsOf.get(keyOf(cluster)) ?? [];
    return keys.map((key) => this.#operations.get(key)).find((operation) => operation?.state === 'RUNNING');
  }
  /** In order of position. */
  stepsOf(operation: Operation): Step[] {
    const keys = this.#stepsOf.get(keyOf(operation)) ?? [];
    return keys.map((key) => this.#steps.get(key) as Step);
  }

  addCluster(cluster: Cluster): Cluster {
    const key = this.#clusters.save(cluster);
    this.#before.set(key, 0);
    this.#revisions.set(key, cluster.revision);
    return cluster;
  }
  saveCluster(cluster: Cluster): Cluster {
    const saved = { ...cluster, revision: this.nextRevision(cluster), updatedAt: this.now };
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
    const saved = { ...operation, revision, updatedAt: this.now };
    if (this.#operations.get(keyOf(saved)) === undefined) {
      this.#index(this.#operationsOf, saved.clusterId, saved, keyOf(saved));
      this.#runs.set(keyOf({ tenantId: saved.tenantId, id: saved.clusterId }), saved.number);
    }
    this.#operations.save(saved);
    return saved;
  }
  /** Keeps a step as it now stands, new or known, stamped with `revision`. New ones come in order of position. */
  saveStep(step: Step, revision: number): Step {
    const saved = { ...step, revision, updatedAt: this.now };
    if (this.#steps.get(keyOf(saved)) === undefined) this.#index(this.#stepsOf, saved.operationId, saved, keyOf(saved));
    this.#steps.save(saved);
    return saved;
  }
  saveUnit(unit: Unit): void {
    this.#units.save(unit);
  }
  addEvent(event: Event): Event {
    this.#known.add(keyOf(event));
    this.#events.push(event);
    return event;
  }
  /** Moves the cluster to its next revision and says which. */
  nextRevision(cluster: Ref): number {
    const key = keyOf(cluster);
    const revision = (this.#revisions.get(key) ?? 0) + 1;
    this.#revisions.set(key, revision);
    return revision;
  }

  changes(): Changes {
    return {
      ...this.#changedClusters(),
      operations: this.#operations.saved(),
      steps: this.#steps.saved(),
      units: this.#units.saved(),
      events: this.#events,
      plugins: this.#plugins.saved(),
    };
  }

  /** Those that have moved to another revision. */
  #changedClusters(): Pick<Changes, 'clusters' | 'newClusters'> {
    const clusters: Cluster[] = [];
    const newClusters: Cluster[] = [];
    for (const [key, revision] of this.#revisions) {
      const before = this.#before.get(key);
      if (revision === before) continue;
      const cluster = { ...(this.#clusters.get(key) as Cluster), revision, updatedAt: this.now };
      (before === 0 ? newClusters : clusters).push(cluster);
    }
    return { clusters, newClusters };
  }

  #index(index: Map<string, string[]>, parentId: string, row: Ref, key: string) {
    const parent = keyOf({ tenantId: row.tenantId, id: parentId });
    const keys = index.get(parent);
    if (keys) keys.push(key);
    else index.set(parent, [key]);
  }

  /** The changes, cluster by cluster. */
  changesByCluster(): ClusterChange[] {
    const { clusters, newClusters, operations, steps, events } = this.changes();
    const changes = new Map(
      [...clusters, ...newClusters].map((cluster) => [
        keyOf(cluster),
        {
          from: this.#before.get(keyOf(cluster)) ?? 0,
          cluster,
          operations: [] as Operation[],
          steps: [] as Step[],
          events: [] as Event[],
        },
      ]),
    );
    const of = (row: { tenantId: string; clusterId: string }) =>
      changes.get(keyOf({ tenantId: row.tenantId, id: row.clusterId }));
    for (const operation of operations) of(operation)?.operations.push(operation);
    for (const step of steps) of(step)?.steps.push(step);
    for (const event of events) of(event)?.events.push(event);
    return [...changes.values()];
  }
}

const unitKey = (unit: UnitRef) => `${unit.tenantId}/${unit.provisionStepId}/${unit.unit}`;
