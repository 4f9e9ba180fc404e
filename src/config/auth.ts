import { z } from 'zod';
import type { AuthOptions } from '../auth/options.js';
import { isSafeUrl, text } from './values.js';

/** Signatures by a private key. With a shared secret (HS256), whoever can check a token could also make one. */
const asymmetric = ['RS', 'PS', 'ES'].flatMap((family) => ['256', '384', '512'].map((bits) => family + bits));
const algorithms = [...asymmetric, 'EdDSA', 'Ed25519'];

/** The variables that say who may call. */
export const authVariables = {
  STEPCAST_AUTH: z.enum(['token', 'on', 'off'], { error: 'expected token, on or off' }).default('token'),
  STEPCAST_JWT_JWKS: z
    .string()
    .refine((value) => !/^[a-z][a-z\d+.-]*:\/\//i.test(value) || isSafeUrl(value), {
      error:
        'expected a URL that begins with https:// (http:// on this machine only), without a user, or the path of a file',
    })
    .optional(),
  STEPCAST_JWT_ISSUER: text.optional(),
  STEPCAST_JWT_AUDIENCE: text.optional(),
  STEPCAST_JWT_ALGORITHMS: z
    .string()
    .transform((value) => value.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => algorithms.includes(name)), {
      error: `expected some of ${algorithms.join(', ')}, separated by commas`,
    })
    .default(['RS256', 'ES256', 'EdDSA']),
  STEPCAST_JWT_TENANT_CLAIM: text.default('tenant_id'),
  STEPCAST_JWT_ROLES_CLAIM: text.default('roles'),
  STEPCAST_OIDC_CLIENT_ID: text.optional(),
  STEPCAST_OIDC_ISSUER: text.optional(),
  STEPCAST_OIDC_SCOPE: text.default('openid'),
};

const schema = z.object(authVariables);
type Values = z.infer<typeof schema>;

const required = ['STEPCAST_JWT_JWKS', 'STEPCAST_JWT_ISSUER', 'STEPCAST_JWT_AUDIENCE'] as const;
const jwtDetails = ['STEPCAST_JWT_ALGORITHMS', 'STEPCAST_JWT_TENANT_CLAIM', 'STEPCAST_JWT_ROLES_CLAIM'] as const;
const oidcDetails = ['STEPCAST_OIDC_ISSUER', 'STEPCAST_OIDC_SCOPE'] as const;

/** What does not fit together, in words. Half of a configuration would let nobody in, or leave out who was to be let in. */
export function authFaults(values: Values): string[] {
  return [...jwtFaults(values), ...oidcFaults(values)];
}

function jwtFaults(values: Values): string[] {
  const given = required.filter((name) => values[name] !== undefined);
  if (given.length === 0)
    return changed(values, jwtDetails).map(
      (name) => `${name}: expected ${required.join(', ')} with it, got none of them`,
    );
  const missing = required.filter((name) => values[name] === undefined);
  const faults = missing.map((name) => `${name}: expected a value, as ${given[0]} has one, got none`);
  if (values.STEPCAST_AUTH !== 'on')
    faults.push(`STEPCAST_AUTH: expected on, as ${given[0]} is set, got "${values.STEPCAST_AUTH}"`);
  return faults;
}

function oidcFaults(values: Values): string[] {
  if (values.STEPCAST_OIDC_CLIENT_ID === undefined)
    return changed(values, oidcDetails).map((name) => `${name}: expected STEPCAST_OIDC_CLIENT_ID with it, got none`);
  if (required.every((name) => values[name] === undefined))
    return [`STEPCAST_OIDC_CLIENT_ID: expected ${required.join(', ')} with it, got none of them`];
  const name = values.STEPCAST_OIDC_ISSUER === undefined ? 'STEPCAST_JWT_ISSUER' : 'STEPCAST_OIDC_ISSUER';
  const issuer = values[name];
  if (issuer === undefined || isSafeUrl(issuer)) return [];
  return [
    `${name}: expected a URL that begins with https:// (http:// on this machine only), as STEPCAST_OIDC_CLIENT_ID is set, got ${JSON.stringify(issuer)}`,
  ];
}

/** Those that are not as they are by default. */
function changed<Name extends keyof Values>(values: Values, names: readonly Name[]): Name[] {
  const defaults = schema.parse({});
  return names.filter((name) => String(values[name]) !== String(defaults[name]));
}

/** Of values that fit together. */
export function authOf(values: Values): AuthOptions {
  const { STEPCAST_JWT_JWKS: jwks, STEPCAST_JWT_ISSUER: issuer, STEPCAST_JWT_AUDIENCE: audience } = values;
  if (jwks === undefined || issuer === undefined || audience === undefined)
    return { mode: values.STEPCAST_AUTH, jwt: null, oidc: null };
  const clientId = values.STEPCAST_OIDC_CLIENT_ID;
  return {
    mode: values.STEPCAST_AUTH,
    jwt: {
      jwks,
      issuer,
      audience,
      algorithms: values.STEPCAST_JWT_ALGORITHMS,
      tenantClaim: values.STEPCAST_JWT_TENANT_CLAIM,
      rolesClaim: values.STEPCAST_JWT_ROLES_CLAIM,
    },
    oidc:
      clientId === undefined
        ? null
        : { issuer: values.STEPCAST_OIDC_ISSUER ?? issuer, clientId, scope: values.STEPCAST_OIDC_SCOPE },
  };
}
