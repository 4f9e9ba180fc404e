import { StepcastError } from 'stepcast/client';
import { offer } from './offer.js';
import { keep, reread, type Session, session } from './session.js';

/**
 * The token to send, renewed where it is about to end; undefined where the server asks for none. Rejects with UNAUTHENTICATED
 * when the viewer has to sign in, and with another error when a token may be had later.
 */
export async function bearer(): Promise<string | undefined> {
  const now = session();
  if (now) return isToRenew(now) ? renewedOnce() : holding(now);
  if ((await offer()).token) throw signedOut('nobody is signed in');
  return undefined;
}

const signedOut = (reason: string) => new StepcastError('UNAUTHENTICATED', reason);

const isToRenew = ({ renewAt }: Session) => renewAt !== null && renewAt <= Date.now();

function holding({ token, endsAt }: Session): string {
  if (endsAt !== null && endsAt <= Date.now()) throw signedOut('the sign-in has ended');
  return token;
}

let renewing: Promise<string> | null = null;

function renewedOnce(): Promise<string> {
  renewing ??= alone(renewed).finally(() => {
    renewing = null;
  });
  return renewing;
}

/** A provider may take each refresh token once: of several tabs, one renews, and the others use what it got. */
const alone = <Result>(work: () => Promise<Result>): Promise<Result> =>
  navigator.locks ? navigator.locks.request('stepcast.renew', work) : work();

async function renewed(): Promise<string> {
  const now = reread();
  if (!now) throw signedOut('nobody is signed in');
  if (!isToRenew(now)) return holding(now);
  const next = await renewal(now);
  // Signed out meanwhile, in this tab or another.
  if (!session()) throw signedOut('nobody is signed in');
  if (next !== now) keep(next);
  return holding(next);
}

/** What comes after a session: itself, where the provider cannot be reached and it holds a little longer. */
async function renewal(now: Session): Promise<Session> {
  const { renew } = await import('./oidc.js');
  try {
    return (await renew()) ?? { ...now, renewAt: null };
  } catch (error) {
    if (now.endsAt !== null && now.endsAt > Date.now()) return now;
    throw error;
  }
}
