/** What a caller may do. The schema's enum of the same name; the compiler compares the two where `viewer` is resolved. */
export type Role = 'VIEWER' | 'REPORTER' | 'ADMIN';

/** Whose request it is: the tenant whose clusters it sees, and what it may do. */
export interface Caller {
  readonly tenantId: string;
  readonly roles: readonly Role[];
}

/** Who may do more may do all of the less: an ADMIN reports, a REPORTER reads. */
const implied: Readonly<Record<Role, readonly Role[]>> = {
  VIEWER: ['VIEWER'],
  REPORTER: ['VIEWER', 'REPORTER'],
  ADMIN: ['VIEWER', 'REPORTER', 'ADMIN'],
};

/** The given roles and those they imply, in the same order whatever the order they were given in. */
export const rolesWithImplied = (given: readonly Role[]): readonly Role[] =>
  implied.ADMIN.filter((role) => given.some((one) => implied[one].includes(role)));
