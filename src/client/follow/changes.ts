import { ClusterChangesDocument, type ClusterChangesSubscription } from '../../generated/client.js';
import type { Cluster } from '../api.js';
import { Follower, type Following, type Inbox, type Offered } from './follower.js';
import type { Socket } from './socket.js';

/** Clusters that changed, each in its last state, the latest last. */
export interface Changes {
  readonly changes: readonly ClusterChange[];
  /** Changes may have been missed before these, as after every (re)connect: the list of clusters is to be read now. */
  readonly reset: boolean;
}

export interface ClusterChange {
  readonly cluster: Cluster;
  readonly deleted: boolean;
}

/** Yields the tenant's clusters as they change. Of a cluster that changes faster than it is asked for, the last state. */
export function followChanges(socket: Socket): Following<Changes> {
  return new Follower(socket, ClusterChangesDocument, {}, new ChangesInbox());
}

class ChangesInbox implements Inbox<ClusterChangesSubscription, Changes> {
  readonly #changes = new Map<string, ClusterChange>();
  #reset = false;

  begin(): boolean {
    this.#reset = true;
    return true;
  }

  offer({ clusterChanges: change }: ClusterChangesSubscription): Offered {
    const known = this.#changes.get(change.cluster.id);
    if (known && known.cluster.revision > change.cluster.revision) return 'newest';
    this.#changes.delete(change.cluster.id);
    this.#changes.set(change.cluster.id, change);
    return 'newest';
  }

  take(): Changes | undefined {
    if (!this.#reset && this.#changes.size === 0) return undefined;
    const taken = { changes: [...this.#changes.values()], reset: this.#reset };
    this.#changes.clear();
    this.#reset = false;
    return taken;
  }
}
