/** What is provisioned. */
export interface Cluster {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusDescription: string | null;
  readonly pluginName: string | null;
  readonly pluginVersion: string | null;
  /** Grows with every change to the cluster, its operations, steps or events. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Hidden since then (F3). */
  readonly deletedAt: Date | null;
}

/** A thing's name in the world: ids are unique within a tenant. */
export interface Ref {
  readonly tenantId: string;
  readonly id: string;
}

export const keyOf = (ref: Ref) => `${ref.tenantId}/${ref.id}`;
