import { ClusterChangesDocument, type ClusterChangesSubscriptionVariables } from '../../generated/client.js';
import type { Cluster } from '../api.js';
import { Follower } from './follower.js';
import type { Following } from './following.js';
import type { Inbox, Offered } from './inbox.js';
import type { Socket } from './socket.js';

/** What changed since the last one. */
export interface ClusterChanges<Changed extends { readonly id: string } = Cluster> {
  /** Clusters that match, each in its last state, the most recent change last. */
  readonly clusters: readonly Changed[];
  /** Ids of clusters that were deleted, or do not match. */
  readonly removed: readonly string[];
  /** Changes were missed before these, as after every (re)connect: query the list of clusters now, then apply these. */
  readonly reset: boolean;
}

export type ChangesOptions = ClusterChangesSubscriptionVariables;

/** Yields the tenant's clusters as they change. Of a cluster that changes faster than the consumer reads, only the last state. */
export function followChanges(socket: Socket, options: ChangesOptions = {}): Following<ClusterChanges> {
  return new Follower(socket, ClusterChangesDocument, { ...options }, new ChangesInbox<Cluster>());
}

/** Coalesces changes by cluster. Bounded by the number of clusters that changed since the consumer last read. */
export class ChangesInbox<Changed extends { readonly id: string }>
  implements Inbox<{ readonly clusterChanges: Omit<ClusterChanges<Changed>, 'reset'> }, ClusterChanges<Changed>>
{
  /** Null: removed. */
  readonly #changes = new Map<string, Changed | null>();
  #isFirst = true;
  #reset = false;

  begin(): void {
    this.#isFirst = true;
  }

  offer({
    clusterChanges: { clusters, removed },
  }: {
    readonly clusterChanges: Omit<ClusterChanges<Changed>, 'reset'>;
  }): Offered {
    if (this.#isFirst) this.#startOver();
    this.#isFirst = false;
    for (const cluster of clusters) this.#put(cluster.id, cluster);
    for (const id of removed) this.#put(id, null);
    return 'newest';
  }

  take(): ClusterChanges<Changed> | undefined {
    if (!this.#reset && this.#changes.size === 0) return undefined;
    const changes = [...this.#changes];
    const taken = {
      clusters: changes.flatMap(([, cluster]) => cluster ?? []),
      removed: changes.flatMap(([id, cluster]) => (cluster ? [] : id)),
      reset: this.#reset,
    };
    this.#changes.clear();
    this.#reset = false;
    return taken;
  }

  /**
   * Once the first message is there, a query misses nothing of what comes after it (W10). What came before a connection
   * was lost is older than that query: a cluster that was removed then may be back.
   */
  #startOver(): void {
    this.#changes.clear();
    this.#reset = true;
  }

  #put(id: string, cluster: Changed | null): void {
    this.#changes.delete(id);
    this.#changes.set(id, cluster);
  }
}
