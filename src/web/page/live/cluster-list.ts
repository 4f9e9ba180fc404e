import type { ClusterList, ClusterListOptions, Following, ListedCluster, StepcastError } from 'stepcast/client';
import { client } from './client.js';
import { watchConnection } from './connection.js';

/** Clusters that are held at most. */
export const mostHeld = 5_000;

/** Clusters that are asked for first, so that there is something to see. */
const first = 200;

/** Milliseconds between lists of many clusters: each is put in order as a whole. */
const pauseOfMany = 250;

export type ListQuery = Pick<ClusterListOptions, 'filter' | 'orderBy'>;

export interface ListListener {
  /** The list is another one. `isPart`: the rest of it is on its way. */
  onList(list: ClusterList, isPart: boolean): void;
  onFault(fault: StepcastError): void;
}

/**
 * Follows the clusters that match until `close`: the first of them at once, then as many as are held. Invariant: two
 * followings at most are open, and the listener hears of the shorter one only until it has heard of the longer.
 */
export class ClusterListFollowing {
  readonly #query: ListQuery;
  readonly #listener: ListListener;
  readonly #open = new Map<Following<ClusterList>, () => void>();
  #isWhole = false;

  constructor(query: ListQuery, listener: ListListener) {
    this.#query = query;
    this.#listener = listener;
    void this.#follow(first);
  }

  close(): void {
    for (const following of this.#open.keys()) this.#end(following);
  }

  async #follow(limit: number): Promise<void> {
    const following = client.followClusters({ ...this.#query, limit, estimates: true });
    this.#open.set(following, watchConnection(following));
    let isExtended = false;
    try {
      for await (const list of following) {
        if (!this.#open.has(following)) return;
        if (limit === mostHeld) this.#endOthers(following);
        else if (this.#isWhole) return;
        const isPart = list.hasMore && limit < mostHeld;
        this.#listener.onList(list, isPart);
        if (isPart && !isExtended) {
          isExtended = true;
          void this.#follow(mostHeld);
        }
        if (isMany(list.clusters)) await new Promise((resolve) => setTimeout(resolve, pauseOfMany));
      }
    } catch (fault) {
      if (this.#open.has(following)) this.#listener.onFault(fault as StepcastError);
    }
  }

  #endOthers(whole: Following<ClusterList>): void {
    this.#isWhole = true;
    for (const following of this.#open.keys()) if (following !== whole) this.#end(following);
  }

  #end(following: Following<ClusterList>): void {
    this.#open.get(following)?.();
    this.#open.delete(following);
    void following.return();
  }
}

const isMany = (clusters: readonly ListedCluster[]) => clusters.length > 500;
