import type { CauseChanges, RecordedEvent } from './causes/tally.js';
import type { Cluster, Ref } from './cluster.js';
import type { StepRun } from './estimate/run.js';
import type { Event } from './event.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Step } from './step.js';
import type { Unit } from './unit.js';

/** What a batch changes, as the store is to keep it: whole rows, each once, in their last form. */
export interface WriteSet {
  /** Those that were there. */
  readonly clusters: readonly Cluster[];
  /** Those that were not: another may have made one of the same id meanwhile. */
  readonly newClusters: readonly Cluster[];
  readonly operations: readonly Operation[];
  readonly newOperations: readonly Operation[];
  readonly steps: readonly Step[];
  readonly newSteps: readonly Step[];
  /** Of `steps`, those that stand at another position than before. */
  readonly movedSteps: readonly Step[];
  readonly units: readonly Unit[];
  /** Those that are kept under another key now, or as part of another. */
  readonly removedUnits: readonly Unit[];
  readonly events: readonly RecordedEvent[];
  /** Events stored before that told of an interruption which proved wrong (O7). */
  readonly withdrawn: readonly Ref[];
  readonly causes: CauseChanges;
  readonly plugins: readonly Plugin[];
  /** Of steps that have ended (P1). */
  readonly runs: readonly StepRun[];
}

/** All that changed beneath one cluster in one commit: what followers are told. */
export interface ClusterChange {
  /** The revision before, and after. A follower that holds `from` can apply this; another has a hole to fill. */
  readonly from: number;
  /** The database's clock when it was decided. */
  readonly at: Date;
  readonly cluster: Cluster;
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
  readonly events: readonly Event[];
  readonly units: readonly Unit[];
  /** Those that are kept under another key now, or as part of another. */
  readonly removedUnits: readonly Unit[];
  /** Ids of events recorded before that told of an interruption which proved wrong (O7). */
  readonly withdrawn: readonly string[];
}
