/** What a caller may do. The schema's enum of the same name; the compiler compares the two where `viewer` is resolved. */
export type Role = 'VIEWER' | 'REPORTER' | 'ADMIN';

/** Whose request it is: the tenant whose clusters it sees, and what it may do. */
export interface Caller {
  readonly tenantId: string;
  readonly roles: readonly Role[];
}
