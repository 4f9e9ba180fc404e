import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import type { JwtOptions } from '../../src/auth/options.js';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A new key pair, of nobody yet. */
export async function signingKey(alg = 'ES256'): Promise<SigningKey> {
  return { kid: crypto.randomUUID(), alg, ...(await generateKeyPair(alg, { extractable: true })) };
}

export const publicJwk = async ({ kid, alg, publicKey }: SigningKey): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg,
  use: 'sig',
});

/** What a token says unless told otherwise: valid for five minutes, of tenant `default`, and may do everything. */
const claims = (issuer: string): JWTPayload => ({
  iss: issuer,
  aud: 'stepcast',
  sub: 'someone',
  exp: Math.floor(Date.now() / 1000) + 300,
  tenant_id: 'default',
  roles: ['admin'],
});

/** An issuer of JWTs that serves its public keys. Gone with the test. */
export async function startIssuer() {
  const issuer = new Issuer(await signingKey());
  await issuer.serve();
  onTestFinished(() => issuer.stop());
  return issuer;
}

export class Issuer {
  /** Requests for its keys so far. */
  requests = 0;
  /** What it answers instead of its keys. */
  answer: { readonly status: number; readonly body: string } | null = null;
  /** What it waits for before it answers. */
  held: Promise<void> | null = null;
  #keys: SigningKey[];
  #server: Server | null = null;
  #port = 0;

  constructor(key: SigningKey) {
    this.#keys = [key];
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How a server is to take its tokens. */
  get options(): JwtOptions {
    return {
      jwks: `${this.url}/jwks`,
      issuer: this.url,
      audience: 'stepcast',
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      tenantClaim: 'tenant_id',
      rolesClaim: 'roles',
    };
  }

  /** The one that it signs with. */
  get key(): SigningKey {
    return this.#keys.at(-1) as SigningKey;
  }

  /** A token, with other claims where they are given; null leaves one out. */
  token(changed: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key = this.key): Promise<string> {
    const given = Object.entries({ ...claims(this.url), ...changed }).filter(([, value]) => value !== null);
    return new SignJWT(Object.fromEntries(given))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  /** Signs with another key from now on; the earlier ones go or stay. */
  rotate(key: SigningKey, { keep = false } = {}): void {
    this.#keys = keep ? [...this.#keys, key] : [key];
  }

  async jwks(): Promise<{ keys: JWK[] }> {
    return { keys: await Promise.all(this.#keys.map(publicJwk)) };
  }

  /** Serves, at the same address after it was stopped. */
  async serve(): Promise<void> {
    this.#server = createServer(async (_, response) => {
      this.requests += 1;
      await this.held;
      const { status, body } = this.answer ?? { status: 200, body: JSON.stringify(await this.jwks()) };
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    }).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server?.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
