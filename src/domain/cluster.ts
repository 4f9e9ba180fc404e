/** What is provisioned. */
export interface Cluster {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusDescription: string | null;
  readonly pluginName: string | null;
  readonly pluginVersion: string | null;
  /** What its maker said, if under an id of its own (O3). */
  readonly fingerprint: string | null;
  /** Grows with every change to the cluster, its operations, steps or events. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Hidden since then (F3). */
  readonly deletedAt: Date | null;
}

/** What identifies a row: ids are unique within a tenant. */
export interface Ref {
  readonly tenantId: string;
  readonly id: string;
}

/** The cluster that a row lies beneath. */
export const clusterOf = ({ tenantId, clusterId }: { readonly tenantId: string; readonly clusterId: string }): Ref => ({
  tenantId,
  id: clusterId,
});

/** No two have the same: the tenant's length says where its name ends, whatever characters either has. */
export const keyOf = ({ tenantId, id }: Ref) => `${tenantId.length}:${tenantId}/${id}`;
