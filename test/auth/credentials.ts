import { createHmac } from 'node:crypto';
import { exportSPKI, UnsecuredJWT } from 'jose';
import type { Role } from '../../src/auth/caller.js';
import type { KeyStore } from '../../src/auth/keys/api-key.js';
import { hashOf, newKey } from '../../src/auth/keys/format.js';
import { type Issuer, signingKey } from '../support/issuer.js';

/** What a caller may present: the value of `authorization`. */
export type Credentials = string | undefined;

const bearer = (token: string) => `Bearer ${token}`;
const seconds = () => Math.floor(Date.now() / 1000);

/** A token of the issuer's for a tenant and roles. */
export const tokenOf = async (issuer: Issuer, tenantId: string, ...roles: Role[]) =>
  bearer(await issuer.token({ tenant_id: tenantId, roles }));

/** A new API key. */
export async function apiKey(store: KeyStore, tenantId: string, ...roles: Role[]) {
  const { id, secret, text } = newKey();
  await store.createKey({ id, tenantId, name: '', roles, hash: hashOf(secret), expiresAt: null });
  return { id, authorization: bearer(text) };
}

/** Credentials that let nobody in, each of which would be an ADMIN's of tenant `default` if it were not for one thing. */
export const bad: Record<string, (issuer: Issuer, store: KeyStore) => Promise<Credentials>> = {
  'no token': async () => undefined,
  'a token that has expired': async (issuer) => bearer(await issuer.token({ exp: seconds() - 1 })),
  'a token that is not valid yet': async (issuer) => bearer(await issuer.token({ nbf: seconds() + 300 })),
  'a token of another issuer': async (issuer) => bearer(await issuer.token({ iss: 'https://other.example' })),
  'a token for another audience': async (issuer) => bearer(await issuer.token({ aud: 'other' })),
  'a token of `alg: none`': async (issuer) => bearer(new UnsecuredJWT(await claimsOf(issuer)).encode()),
  'a token signed by HS256 with the public key': async (issuer) => bearer(await confused(issuer)),
  'a token of an unknown key': async (issuer) => bearer(await issuer.token({}, {}, await signingKey())),
  'a revoked API key': async (_, store) => {
    const { id, authorization } = await apiKey(store, 'default', 'ADMIN');
    await store.revokeKey(id);
    return authorization;
  },
  'half an API key': async (_, store) => {
    const { authorization } = await apiKey(store, 'default', 'ADMIN');
    return authorization.slice(0, authorization.length / 2);
  },
};

const partsOf = async (issuer: Issuer) => (await issuer.token()).split('.') as [string, string, string];

const claimsOf = async (issuer: Issuer) =>
  JSON.parse(Buffer.from((await partsOf(issuer))[1], 'base64url').toString()) as Record<string, unknown>;

/** The public key is no secret: a server that took its text for one would be fooled (RFC 8725, 2.1). */
async function confused(issuer: Issuer): Promise<string> {
  const header = { alg: 'HS256', kid: issuer.key.kid };
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${(await partsOf(issuer))[1]}`;
  const secret = await exportSPKI(issuer.key.publicKey);
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
