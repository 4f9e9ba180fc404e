import { Fault } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import { bearerOf } from './bearer.js';
import { everybody, local } from './everybody.js';
import type { Authenticator, Identity } from './identity.js';
import { isLocalToken } from './local-token.js';
import type { AuthOptions } from './options.js';

export interface AuthParts {
  /** The token of this server; null unless the mode is `token`. */
  readonly localToken: string | null;
  readonly log: Log;
}

/** What judges the credentials of every request and every websocket. */
export async function createAuthenticator(options: AuthOptions, { localToken }: AuthParts): Promise<Authenticator> {
  if (options.mode === 'off') return everybody;
  const authenticate = async (authorization: string | undefined): Promise<Identity> => {
    const token = bearerOf(authorization);
    if (localToken !== null && isLocalToken(token, localToken)) return local;
    throw new Fault('UNAUTHENTICATED', 'expected the token of this server, got another');
  };
  return { authenticate, watch: () => () => {}, close: async () => {} };
}
