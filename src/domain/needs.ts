import type { Cluster, Ref } from './cluster.js';
import type { Event } from './event.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Step } from './step.js';

/** A unit of a step, and what was recorded last of it (S5). */
export interface Unit {
  readonly tenantId: string;
  readonly provisionStepId: string;
  readonly unit: string;
  readonly successful: boolean;
}

export type UnitRef = Omit<Unit, 'successful'>;

/** What commands name, and so what the store must lock and load before they can be judged. */
export interface Needs {
  readonly clusters: readonly Ref[];
  readonly operations: readonly Ref[];
  readonly steps: readonly Ref[];
  /** Events whose ids may be known already (E2). */
  readonly events: readonly Ref[];
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
  readonly units: readonly Unit[];
  readonly plugins: readonly Plugin[];
  /** Keys of the events that are stored already. */
  readonly known: readonly string[];
}

/** What a batch changes, as the store is to keep it: whole rows, each once, in their last form. */
export interface Changes {
  /** Those that were there. */
  readonly clusters: readonly Cluster[];
  /** Those that were not: another may have made one of the same id meanwhile. */
  readonly newClusters: readonly Cluster[];
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
  readonly units: readonly Unit[];
  readonly events: readonly Event[];
  readonly plugins: readonly Plugin[];
}

/** All that changed beneath one cluster in one commit: what followers are told. */
export interface ClusterChange {
  /** The revision before, and after. A follower that holds `from` can apply this; another has a hole to fill. */
  readonly from: number;
  readonly cluster: Cluster;
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
  readonly events: readonly Event[];
}
