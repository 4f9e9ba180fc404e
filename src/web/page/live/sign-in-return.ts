import { keep } from '../../sign-in/session.js';
import { failure } from './access.js';

/** At the address that a sign-in provider sends the viewer back to: signs in, or notes why not, and goes on where the viewer was. */
export async function returnFromSignIn(): Promise<void> {
  if (location.pathname !== '/signed-in') return;
  const { finish, SignInError } = await import('../../sign-in/oidc.js');
  try {
    const { session, place } = await finish();
    keep(session);
    goTo(place);
  } catch (error) {
    failure.set((error as Error).message);
    goTo(error instanceof SignInError ? error.place : '/');
  }
}

/** The code that the provider has put into the address stays in no history. GraphiQL is a page of its own. */
function goTo(place: string): void {
  if (place.startsWith('/graphiql')) location.replace(place);
  else history.replaceState(null, '', place);
}
