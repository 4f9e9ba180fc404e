import { notFound } from '../domain/errors.js';
import type { ReadStore } from '../domain/ports.js';
import { cluster } from './cluster.js';
import { clusterList } from './cluster-list.js';
import { progress } from './progress.js';
import { readQuery } from './query.js';
import type { Representation, Resource } from './resource.js';

/** What the specification serves over REST. All of it is read-only: reporting is the GraphQL API's. */
export const resources: readonly Resource[] = [clusterList, cluster, progress];

export interface RestRequest {
  readonly readStore: ReadStore;
  /** The caller's. */
  readonly tenantId: string;
  /** The path's parameters, decoded. */
  readonly params: { readonly tenantId?: string; readonly clusterId?: string };
  /** The query string, without its question mark. */
  readonly search: string;
}

/** Another tenant's resources are not there for this caller (W9). Throws a Fault. */
export async function readResource(
  resource: Resource,
  { readStore, tenantId, params, search }: RestRequest,
): Promise<Representation> {
  if (params.tenantId !== tenantId) throw notFound('a tenant', params.tenantId ?? '');
  const query = readQuery(search, resource.parameters);
  return resource.read({ readStore, tenantId, clusterId: params.clusterId ?? '', query });
}
