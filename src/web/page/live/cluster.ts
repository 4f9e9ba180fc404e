import type { Cluster, Following, Operation, Progress, Step, StepcastError } from 'stepcast/client';
import { client } from './client.js';
import { hearTime } from './clock.js';
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
  /** When it was deleted, by the server's clock. Null while it is there, and when that happened without a connection. */
  readonly endedAt: string | null;
  /** Why it cannot be followed, such as NOT_FOUND. */
  readonly fault: StepcastError | null;
}

const nothing: ClusterState = {
  cluster: null,
  operations: [],
  steps: [],
  serverTime: null,
  ended: false,
  endedAt: null,
  fault: null,
};

/** Follows a cluster from its making until `close`. */
export class LiveCluster {
  readonly store = new Store<ClusterState>(nothing);
  readonly #following: Following<Progress>;
  readonly #unwatch: () => void;
  #isClosed = false;

  constructor(clusterId: string) {
    this.#following = client.followProgress({ clusterId });
    this.#unwatch = watchConnection(this.#following);
    void this.#follow();
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    void this.#following.return();
  }

  async #follow(): Promise<void> {
    try {
      for await (const { cluster, operations, steps, serverTime } of this.#following) {
        hearTime(serverTime);
        this.store.set({ ...this.store.value, cluster, operations, steps, serverTime });
      }
      if (!this.#isClosed) this.#end(client.clock.since(beginning));
    } catch (error) {
      const fault = error as StepcastError;
      // It was there, and is not any more: it was deleted while there was no connection.
      if (fault.code === 'NOT_FOUND' && this.store.value.cluster) this.#end(0);
      else this.store.set({ ...this.store.value, fault });
    }
  }

  #end(at: number): void {
    this.store.set({ ...this.store.value, ended: true, endedAt: at > 0 ? new Date(at).toISOString() : null });
  }
}

const beginning = new Date(0).toISOString();
