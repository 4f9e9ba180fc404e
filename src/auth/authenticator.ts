import { Fault } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import { bearerOf } from './bearer.js';
import { type Clock, systemClock } from './clock.js';
import { everybody, local } from './everybody.js';
import { whenPast } from './expiry.js';
import type { Authenticator, Identity } from './identity.js';
import { KeySet } from './jwt/key-set.js';
import { keySourceOf } from './jwt/key-source.js';
import { JwtVerifier } from './jwt/verifier.js';
import type { KeyStore } from './keys/api-key.js';
import { keyPrefix } from './keys/format.js';
import { KeyRing } from './keys/key-ring.js';
import { isToken } from './local-token.js';
import type { AuthOptions, JwtOptions } from './options.js';

export interface AuthParts {
  /** The token of this server; null unless the mode is `token`. */
  readonly localToken: string | null;
  readonly keyStore: KeyStore;
  readonly log: Log;
  readonly clock?: Clock;
}

/**
 * What judges the credentials of every request and every websocket. Rejects, in words, when the file of an issuer's keys
 * cannot be used; a URL may be away, and is tried again.
 */
export async function createAuthenticator(options: AuthOptions, parts: AuthParts): Promise<Authenticator> {
  if (options.mode === 'off') return everybody;
  const { localToken, keyStore: store, log, clock = systemClock } = parts;
  const isLocal = localToken === null ? () => false : isToken(localToken);
  const ring = new KeyRing({ store, log, clock });
  const issuer = options.jwt ? await openIssuer(options.jwt, log, clock) : null;

  const authenticate = async (authorization: string | undefined): Promise<Identity> => {
    const token = bearerOf(authorization);
    if (isLocal(token)) return local;
    if (token.startsWith(keyPrefix)) return ring.identify(token);
    if (issuer !== null) return issuer.identify(token);
    throw new Fault(
      'UNAUTHENTICATED',
      `expected ${localToken === null ? '' : 'the token of this server or '}an API key, got another token`,
    );
  };

  const watch = (identity: Identity, ended: () => void) => {
    let over = false;
    const end = () => {
      stop();
      if (!over) ended();
      over = true;
    };
    const stops = [ring.watch(identity, end)];
    if (issuer !== null) stops.push(issuer.watch(identity, end));
    if (identity.expiresAt) stops.push(whenPast(identity.expiresAt, end, clock));
    const stop = () => {
      for (const one of stops) one();
    };
    return () => {
      over = true;
      stop();
    };
  };

  const close = async () => {
    await Promise.all([ring.close(), issuer?.close()]);
  };
  return { authenticate, watch, close };
}

async function openIssuer(options: JwtOptions, log: Log, clock: Clock) {
  const source = keySourceOf(options.jwks);
  const keys = new KeySet(source, log, clock);
  const opening = keys.open();
  const fault = source.isFile ? await opening : null;
  if (fault !== null) throw new Error(`expected the issuer's keys in ${source.name}, got: ${fault}`);
  return new JwtVerifier(options, { keys, log, clock });
}
