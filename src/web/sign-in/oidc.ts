import { ErrorResponse, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { offer } from './offer.js';
import type { Session } from './session.js';

/** Where the provider sends the viewer back to. */
const redirect = () => new URL('/signed-in', location.href).href;

/** Why there is no sign-in, in words for the viewer, who was at `place`. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  constructor(
    message: string,
    readonly place: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Leaves for the provider (authorization code with PKCE); `place` is where the viewer comes back to. Rejects with a SignInError. */
export async function begin(place: string): Promise<void> {
  if (!globalThis.crypto?.subtle)
    throw new SignInError('Signing in by a provider needs a secure page: open this one by https.', place);
  const { users, issuer } = await manager();
  try {
    await users.signinRedirect({ state: { place } });
  } catch (error) {
    throw new SignInError(`The sign-in provider at ${issuer} cannot be reached: ${reasonOf(error)}`, place, {
      cause: error,
    });
  }
}

/** Takes what the provider has put into the address. Rejects with a SignInError. */
export async function finish(): Promise<{ session: Session; place: string }> {
  const { users, issuer } = await manager();
  try {
    const user = await users.signinRedirectCallback(location.href);
    return { session: sessionOf(user), place: placeOf(user.state) };
  } catch (error) {
    const place = error instanceof ErrorResponse ? placeOf(error.state) : '/';
    throw new SignInError(`Signing in at ${issuer} failed: ${reasonOf(error)}`, place, { cause: error });
  }
}

/** Another token for the viewer. Null: the provider gives none any more. Rejects when it cannot be reached. */
export async function renew(): Promise<Session | null> {
  const { users } = await manager();
  // Without a refresh token, it would be asked in a frame, which the policy of the page does not allow.
  if (!(await users.getUser())?.refresh_token) return null;
  try {
    const user = await users.signinSilent();
    return user && sessionOf(user);
  } catch (error) {
    if (error instanceof ErrorResponse) return null;
    throw error;
  }
}

/** Forgets the viewer here, and has the provider forget the refresh token where it can. */
export async function forget(): Promise<void> {
  const { users } = await manager();
  const user = await users.getUser();
  if (user?.refresh_token) await users.revokeTokens(['refresh_token']).catch(() => {});
  await users.removeUser();
}

async function manager(): Promise<{ users: UserManager; issuer: string }> {
  const { oidc } = await offer();
  if (!oidc) throw new SignInError('This server has no sign-in provider.', '/');
  const store = new WebStorageStateStore({ store: localStorage, prefix: 'stepcast.oidc.' });
  const users = new UserManager({
    authority: oidc.issuer,
    client_id: oidc.clientId,
    scope: oidc.scope,
    redirect_uri: redirect(),
    userStore: store,
    stateStore: store,
    automaticSilentRenew: false,
    requestTimeoutInSeconds: 10,
  });
  return { users, issuer: oidc.issuer };
}

function sessionOf(user: User): Session {
  const { name, preferred_username, email, sub } = user.profile;
  const endsAt = user.expires_at === undefined ? null : user.expires_at * 1000;
  // Ahead of its end by half a minute, of short-lived tokens by a quarter of their life.
  const ahead = Math.min(30_000, ((user.expires_in ?? 0) * 1000) / 4);
  return {
    token: user.access_token,
    name: name ?? preferred_username ?? email ?? sub,
    endsAt,
    renewAt: endsAt === null || !user.refresh_token ? null : endsAt - ahead,
  };
}

/** Only a place of this server: what the browser has kept is not followed elsewhere. */
function placeOf(state: unknown): string {
  const { place } = (state ?? {}) as { place?: unknown };
  return typeof place === 'string' && /^\/(?![/\\])/.test(place) ? place : '/';
}

function reasonOf(error: unknown): string {
  if (error instanceof ErrorResponse)
    return [error.error, error.error_description].filter((text) => text !== null).join(': ');
  const { message } = error as Error;
  if (/No (matching )?state/i.test(message))
    return 'it was not begun in this browser, or is over already. Begin again.';
  return message;
}
