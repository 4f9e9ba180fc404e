import type { Role } from '../generated/resolvers.js';

/** Whose request it is: the tenant whose clusters it sees, and what it may do. */
export interface Caller {
  readonly tenantId: string;
  readonly roles: readonly Role[];
}
