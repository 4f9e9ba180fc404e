import { type Cluster, clusterOf } from './cluster.js';
import { RefMap } from './ref-map.js';
import type { ClusterChange } from './write-set.js';

/** What a batch changed, cluster by cluster: rows are put to the change of the cluster that they lie beneath. */
export class ChangesByCluster {
  readonly #changes = new RefMap<Writable<ClusterChange>>();

  /** A cluster that has changed, the revision it had before, and when that was decided. */
  begin(cluster: Cluster, from: number, at: Date): void {
    const rows = { operations: [], steps: [], units: [], removedUnits: [], events: [], withdrawn: [] };
    this.#changes.set(cluster, { from, at, cluster, ...rows });
  }

  /** The change of a row's cluster; undefined of a cluster that has not changed. */
  of(row: { readonly tenantId: string; readonly clusterId: string }): Writable<ClusterChange> | undefined {
    return this.#changes.get(clusterOf(row));
  }

  get all(): ClusterChange[] {
    return this.#changes.values();
  }
}

type Writable<Change> = {
  [Part in keyof Change]: Change[Part] extends readonly (infer Row)[] ? Row[] : Change[Part];
};
