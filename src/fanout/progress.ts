import type { Cluster } from '../domain/cluster.js';
import type { Operation } from '../domain/operation.js';
import type { Step } from '../domain/step.js';
import type { Message, Stream } from './stream.js';

/** A message of `clusterProgress`. */
export interface ClusterProgress {
  readonly revision: number;
  /** True: this replaces everything the reader holds. False: merge by id. */
  readonly snapshot: boolean;
  readonly cluster: Cluster;
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
  /** All there is beneath the cluster, for fields that ask for more than what changed. */
  readonly whole: { readonly operations: readonly Operation[]; readonly steps: readonly Step[] };
}

/** What is known of a cluster. */
export interface Known {
  readonly head: number;
  readonly version: number;
  readonly ended: boolean;
  readonly cluster: Cluster;
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
}

/** W1: a cluster's state, then what changed. The position is the revision; one that is unknown or too new starts over. */
export class ProgressStream implements Stream {
  readonly key = 'progress';
  readonly #feed: Known;
  constructor(feed: Known) {
    this.#feed = feed;
  }

  get head() {
    return this.#feed.head;
  }
  get version() {
    return this.#feed.version;
  }
  get ended() {
    return this.#feed.ended;
  }

  next(position: number | null): Message {
    const { head, cluster, operations, steps } = this.#feed;
    const snapshot = position === null || position < 1 || position > head;
    const isNew = (row: { revision: number }) => snapshot || row.revision > position;
    const payload: ClusterProgress = {
      revision: head,
      snapshot,
      cluster,
      operations: operations.filter(isNew),
      steps: steps.filter(isNew),
      whole: { operations, steps },
    };
    return { payload, position: head };
  }
}
