import type { JWTPayload } from 'jose';
import { Fault } from '../../domain/errors.js';
import { type Caller, type Role, rolesWithImplied } from '../caller.js';
import type { JwtOptions } from '../options.js';

/** What a verified token says of its bearer. Throws UNAUTHENTICATED when it does not say whose clusters it may see. */
export function callerOf(claims: JWTPayload, options: Pick<JwtOptions, 'tenantClaim' | 'rolesClaim'>): Caller {
  const tenantId = claimAt(claims, options.tenantClaim);
  if (typeof tenantId !== 'string' || !isTenant(tenantId))
    throw new Fault(
      'UNAUTHENTICATED',
      `expected a token whose claim ${options.tenantClaim} names a tenant, got another`,
    );
  return { tenantId, roles: rolesWithImplied(rolesIn(claimAt(claims, options.rolesClaim))) };
}

/**
 * Whom it was issued to, for limits and logs; what one tenant's do counts for no other's. Not every issuer names a subject
 * where a program asks for itself.
 */
export function bearerName({ iss, sub, client_id: client, azp }: JWTPayload, tenantId: string): string {
  const name = [sub, client, azp].find((value) => typeof value === 'string') as string | undefined;
  return `jwt ${iss} ${tenantId} ${name ?? 'unnamed'}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is kept out
const characters = /^[^\0-\x1f\x7f-\x9f]{1,255}$/u;

/** As `stepcast keys` takes them: half a surrogate pair is no text to a database. */
const isTenant = (text: string) => characters.test(text) && text.isWellFormed();

/** The claim of that name, dots and all, as some issuers name theirs by URLs; else the one that the dots lead to. */
function claimAt(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) value = propertyOf(value, part);
  return value;
}

function propertyOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

const known: readonly string[] = ['VIEWER', 'REPORTER', 'ADMIN'] satisfies Role[];

/** In any case, of ASCII letters: others have capitals that are ASCII. Issuers list roles of other services, too: those are passed over. */
function rolesIn(claim: unknown): Role[] {
  const names: unknown[] = typeof claim === 'string' ? claim.split(/\s+/) : Array.isArray(claim) ? claim : [];
  return names
    .filter((name) => typeof name === 'string' && /^[a-z]+$/i.test(name))
    .map((name) => String(name).toUpperCase())
    .filter(isRole);
}

const isRole = (name: string): name is Role => known.includes(name);
