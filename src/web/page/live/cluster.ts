import type { Cluster, Following, Operation, Progress, Step, StepcastError } from 'stepcast/client';
import { client } from './client.js';
import { watchConnection } from './connection.js';
import { Store } from './store.js';

/** A followed cluster. `ended`: it was deleted, and this is its last state. */
export interface ClusterState {
  readonly cluster: Cluster | null;
  /** Oldest first; the newest ten. */
  readonly operations: readonly Operation[];
  /** Of these operations, in order. A step is the same object for as long as nothing of it has changed. */
  readonly steps: readonly Step[];
  readonly serverTime: string | null;
  readonly ended: boolean;
  /** Why it cannot be followed, such as NOT_FOUND. */
  readonly fault: StepcastError | null;
}

const nothing: ClusterState = { cluster: null, operations: [], steps: [], serverTime: null, ended: false, fault: null };

/** Follows a cluster from its making until `close`. */
export class LiveCluster {
  readonly store = new Store<ClusterState>(nothing);
  readonly #following: Following<Progress>;
  readonly #unwatch: () => void;

  constructor(clusterId: string) {
    this.#following = client.followProgress({ clusterId });
    this.#unwatch = watchConnection(this.#following);
    void this.#follow();
  }

  close(): void {
    this.#unwatch();
    void this.#following.return();
  }

  async #follow(): Promise<void> {
    try {
      for await (const { cluster, operations, steps, serverTime } of this.#following)
        this.store.set({ ...this.store.value, cluster, operations, steps, serverTime });
      this.store.set({ ...this.store.value, ended: true });
    } catch (fault) {
      this.store.set({ ...this.store.value, fault: fault as StepcastError });
    }
  }
}
