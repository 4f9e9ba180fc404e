import { Fault } from '../domain/errors.js';
import type { Caller, Role } from './caller.js';

/**
 * Why a caller may not do what takes this role, null when it may. The one judge of that: for every transport, before an
 * operation is executed and again where it is.
 */
export function refusalFor({ roles }: Caller, role: Role, what: string): Fault | null {
  if (roles.includes(role)) return null;
  return new Fault('FORBIDDEN', `expected a caller with the role ${role} for ${what}, got ${held(roles)}`);
}

/** Throws FORBIDDEN. */
export function expectRole(caller: Caller, role: Role, what: string): void {
  const refusal = refusalFor(caller, role, what);
  if (refusal) throw refusal;
}

const held = (roles: readonly Role[]) => (roles.length === 0 ? 'one without roles' : `one with ${roles.join(', ')}`);
