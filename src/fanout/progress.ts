import type { Cluster } from '../domain/cluster.js';
import type { Operation } from '../domain/operation.js';
import type { Step } from '../domain/step.js';
import type { DatabaseClock } from './clock.js';
import type { ClusterView } from './cluster-view.js';
import type { Position } from './position.js';
import type { Message, Stream } from './stream.js';

/** Where a subscriber begins, and how many of the newest operations its snapshots have. */
export interface ProgressOptions {
  readonly from: Position;
  readonly operations: number;
}

/** A message of `clusterProgress`. */
export interface ClusterProgress {
  readonly revision: number;
  /** The history that the revision belongs to. */
  readonly epoch: string;
  /** True: this replaces everything the reader holds. False: merge by id. */
  readonly snapshot: boolean;
  readonly cluster: Cluster;
  /** In a snapshot the newest; else those of which anything has changed. */
  readonly operations: readonly Operation[];
  /** In a snapshot all of these operations; else those that have changed. */
  readonly steps: readonly Step[];
  readonly serverTime: Date;
  /** What is in memory of the cluster, for fields that ask for more than what changed. */
  readonly view: ClusterView;
}

/** What is known of a cluster, as its feed has it. */
export interface Known {
  readonly epoch: string;
  readonly clock: DatabaseClock;
  readonly head: number;
  readonly version: number;
  readonly ended: boolean;
  readonly view: ClusterView;
}

/**
 * W1: a cluster's state, then what changed. The position is the revision; one that is unknown or too new starts over, as
 * does one since which more operations have changed than are in memory.
 */
export class ProgressStream implements Stream {
  readonly key: string;
  readonly #feed: Known;
  readonly #operations: number;

  /** `operations`: how many of the newest a snapshot has. */
  constructor(feed: Known, operations: number) {
    this.#feed = feed;
    this.#operations = operations;
    this.key = `progress of ${operations}`;
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

  next({ seen }: Position): Message {
    const { head, view, epoch, clock } = this.#feed;
    const isKnown = seen >= 1 && seen <= head;
    const changes = isKnown ? view.since(seen) : null;
    const payload: ClusterProgress = {
      revision: head,
      epoch,
      snapshot: changes === null,
      cluster: view.cluster,
      ...(changes ?? view.last(this.#operations)),
      serverTime: clock.now(),
      view,
    };
    return { payload, seen: head };
  }
}
