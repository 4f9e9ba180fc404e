import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';

/** How the provider behaves; may be changed at any time. */
export interface Behaviour {
  /** How long an access token holds, in seconds. */
  seconds: number;
  /** Whether it gives refresh tokens, each of which may be used once. */
  renews: boolean;
  readonly roles: string[];
}

const [audience, clientId, kid] = ['https://stepcast.example', 'stepcast-page', 'one'];

/** An OpenID provider on a free port, and how a server is started whose viewers it signs in. Gone with the test. */
export async function testProvider(given: Partial<Behaviour> = {}) {
  const behaviour: Behaviour = { seconds: 3600, renews: true, roles: ['VIEWER'], ...given };
  let answer: RequestListener = (_, response) => void response.writeHead(503).end();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${new URL(request.url ?? '/', 'http://any').pathname}`);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((closed) => server.close(closed));
  };
  onTestFinished(close);
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  answer = new Provider(issuer, await configuration(behaviour, privateKey)).callback();
  /** A token without a viewer, such as a plugin has. */
  const token = (roles: string[]) =>
    new SignJWT({ tenant_id: 'default', roles })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('plugin')
      .setIssuedAt()
      .setExpirationTime('1 hour')
      .sign(privateKey);
  const auth: Config['auth'] = {
    mode: 'on',
    jwt: {
      jwks: `${issuer}/jwks`,
      issuer,
      audience,
      algorithms: ['ES256'],
      tenantClaim: 'tenant_id',
      rolesClaim: 'roles',
    },
    oidc: { issuer, clientId, scope: 'openid profile' },
  };
  /** What it answers to a refresh token. */
  const renew = async (refresh_token: string): Promise<unknown> => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token });
    return (await fetch(`${issuer}/token`, { method: 'POST', body })).json();
  };
  return {
    issuer,
    auth,
    behaviour,
    close,
    token,
    renew,
    renewals: () => asked.filter((request) => request === 'POST /token').length,
  };
}

async function configuration(behaviour: Behaviour, privateKey: CryptoKey): Promise<object> {
  return {
    clients: [
      {
        client_id: clientId,
        // Of a native client, any port of this machine will do.
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: ['http://127.0.0.1/signed-in'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid }] },
    cookies: { keys: ['of the test'] },
    claims: { openid: ['sub'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, name: `Dr ${id}` }) }),
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: behaviour.seconds,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
      revocation: { enabled: true },
    },
    extraTokenClaims: () => ({ tenant_id: 'default', roles: behaviour.roles }),
    issueRefreshToken: () => behaviour.renews,
    clientBasedCORS: () => true,
  };
}
