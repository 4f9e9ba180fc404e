import type { Api, ClusterChanges, ClusterFilter, Following } from 'stepcast/client';
import { client } from './client.js';
import { watchConnection } from './connection.js';
import { Store } from './store.js';

export type ClusterCounts = Awaited<ReturnType<Api['clusterCounts']>>;

/** Milliseconds between two readings while clusters change. */
const pause = 2_000;

/**
 * How many of the clusters that match there are of each kind, as of two seconds ago at most, until `close`. Null until they
 * were read. Invariant: one reading is under way at most, and changes that come meanwhile are followed by another.
 */
export class LiveClusterCounts {
  readonly store = new Store<ClusterCounts | null>(null);
  readonly #filter: ClusterFilter;
  readonly #changes: Following<ClusterChanges>;
  readonly #unwatch: () => void;
  #isClosed = false;

  constructor(filter: ClusterFilter) {
    this.#filter = filter;
    this.#changes = client.followChanges({ filter });
    this.#unwatch = watchConnection(this.#changes);
    void this.#follow();
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    void this.#changes.return();
  }

  /** A slow consumer: what changes while it waits comes together. */
  async #follow(): Promise<void> {
    try {
      for await (const _ of this.#changes) {
        await this.#read();
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    } catch {
      // The list that is followed beside says what is the matter.
    }
  }

  async #read(): Promise<void> {
    try {
      const counts = await client.clusterCounts(this.#filter);
      if (!this.#isClosed) this.store.set(counts);
    } catch {
      // Numbers that cannot be read stay as they are: the connection says how old they are.
    }
  }
}
