import type { Cluster, Ref } from './cluster.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Step } from './step.js';
import type { Unit, UnitRef } from './unit.js';

export interface EventRef extends Ref {
  readonly stepId: string;
}

/** What commands name, and so what the store must lock and load before they can be decided. */
export interface ReadSet {
  readonly clusters: readonly Ref[];
  readonly operations: readonly Ref[];
  readonly steps: readonly Ref[];
  /** Events whose ids may be known already (E2), and the step that each is reported of. */
  readonly events: readonly EventRef[];
  readonly units: readonly UnitRef[];
  /** `id` is the plugin's name. */
  readonly plugins: readonly Ref[];
  /** Clusters whose plan may be needed: the store adds infra's plugin and the cluster's own. */
  readonly plans: readonly Ref[];
}

/** What the store loaded, under the locks of its clusters. */
export interface Loaded {
  /** The database's clock, in whole milliseconds, read after the locks were taken. */
  readonly now: Date;
  readonly clusters: readonly Cluster[];
  /** The running operations of these clusters, and those of the steps and operations named. */
  readonly operations: readonly Operation[];
  /** The highest `number` among each cluster's operations, by the cluster's key; absent for none. */
  readonly runs: ReadonlyMap<string, number>;
  /** All steps of these operations. */
  readonly steps: readonly Step[];
  /** Those that may be what a report speaks of: by id, or by name. */
  readonly units: readonly Unit[];
  readonly plugins: readonly Plugin[];
  /** Those events that are stored already, or were until they were erased, and the step each was recorded of. */
  readonly known: readonly EventRef[];
}
