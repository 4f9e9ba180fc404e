import type { ClusterList, ListedCluster, StepcastError } from 'stepcast/client';
import { client } from '../live/client.js';
import { ClusterListFollowing } from '../live/cluster-list.js';
import { Store } from '../live/store.js';
import { type Arranged, arrange } from './arranged.js';
import { byAttention } from './order.js';
import { filterOf, orderOf, type Wanted } from './wanted.js';

export interface ListState {
  /** Those that are shown, each in its newest state, or the last in which it was in the list. */
  readonly clusters: ReadonlyMap<string, ListedCluster>;
  readonly arranged: Arranged;
  /** Whether more match than are held. */
  readonly hasMore: boolean;
  /** Whether the rest is on its way. */
  readonly isPart: boolean;
  /** What the clusters are an answer to. Null before the first; not what is wanted while that is on its way. */
  readonly answered: Wanted | null;
  readonly fault: StepcastError | null;
}

const nothing: ListState = {
  clusters: new Map(),
  arranged: { ids: [], waiting: null },
  hasMore: false,
  isPart: false,
  answered: null,
  fault: null,
};

/**
 * The list that the viewer looks at, live until `close`. What was shown stays until there is an answer to what is wanted
 * now. Invariant: while held, rows keep their places; whatever else has changed is shown at once.
 */
export class LiveList {
  readonly store = new Store<ListState>(nothing);
  #following: ClusterListFollowing | null = null;
  #wanted: Wanted | null = null;
  #newest: readonly ListedCluster[] = [];
  #isHeld = false;

  want(wanted: Wanted): void {
    this.#wanted = wanted;
    this.again();
  }

  /** Asks anew, as after a fault. */
  again(): void {
    const wanted = this.#wanted;
    this.close();
    if (!wanted) return;
    this.store.set({ ...this.store.value, fault: null });
    this.#following = new ClusterListFollowing(
      { filter: filterOf(wanted), orderBy: orderOf(wanted) },
      {
        onList: (list, isPart) => this.#onList(wanted, list, isPart),
        onFault: (fault) => this.store.set({ ...this.store.value, fault }),
      },
    );
  }

  /** While held, rows neither move nor come nor go. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld) this.settle();
  }

  /** Shows the rows as they would be if they were not held. */
  settle(): void {
    this.#show(this.store.value, false);
  }

  close(): void {
    this.#following?.close();
    this.#following = null;
  }

  #onList(wanted: Wanted, { clusters, hasMore }: ClusterList, isPart: boolean): void {
    const { sort } = wanted;
    this.#newest = sort === 'attention' ? byAttention(clusters, (time) => client.clock.since(time)) : clusters;
    const { value } = this.store;
    const isAnswer = value.answered !== wanted;
    // What follows the first part of a list is no change of it.
    this.#show({ ...value, hasMore, isPart, answered: wanted }, this.#isHeld && !isAnswer && !value.isPart);
  }

  #show(state: ListState, isHeld: boolean): void {
    const clusters = new Map(this.#newest.map((cluster) => [cluster.id, cluster]));
    const arranged = arrange(state.arranged, [...clusters.keys()], isHeld);
    for (const id of arranged.waiting?.gone ?? []) {
      const last = state.clusters.get(id);
      if (last) clusters.set(id, last);
    }
    this.store.set({ ...state, clusters, arranged });
  }
}
