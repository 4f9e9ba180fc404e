import type { ReadStore } from '../domain/ports.js';
import type { Query } from './query.js';

/** A request of a resource, its tenant being the caller's own. */
export interface ResourceRequest {
  readonly readStore: ReadStore;
  readonly tenantId: string;
  /** As it stands in the path: it may be no id at all. Of the list, nothing. */
  readonly clusterId: string;
  readonly query: Query;
}

/** What a resource is now. */
export interface Representation {
  /** Weak, and the same as long as the body is. Without one, only the body would tell. */
  readonly etag?: string;
  /** Reads what the body needs besides; not called when the caller has it already. */
  readonly body: () => Promise<object>;
}

/** Throws a Fault: NOT_FOUND for what is not there, deleted, or another tenant's (W9). */
export interface Resource {
  /** `/v1.1/:tenantId/…` */
  readonly path: string;
  /** The names of its query parameters. */
  readonly parameters: readonly string[];
  readonly read: (request: ResourceRequest) => Promise<Representation>;
}
