import { useSyncExternalStore } from 'react';
import { SignInPanel } from '../sign-in/panel.js';
import { onSession, session } from '../sign-in/session.js';
import { signOut } from '../sign-in/sign-out.js';
import { refused } from './refused.js';

// What GraphiQL has read of the schema is that of whoever was signed in: it begins anew, with the tabs that it keeps.
onSession((before) => {
  if (session()?.name !== before?.name || refused.get() || !session()) location.reload();
});

/** Signs the viewer in, once the server has refused to answer. */
export function SignIn() {
  if (!useSyncExternalStore(refused.subscribe, refused.get)) return null;
  return (
    <SignInPanel title="Sign in">
      <p>The server does not answer without a sign-in that it accepts. What is in the tabs is kept.</p>
    </SignInPanel>
  );
}

/** As whom the viewer is signed in, and a way out; nothing where nobody is. */
export function Account() {
  const signedIn = useSyncExternalStore(onSession, session);
  if (!signedIn) return null;
  return (
    <button type="button" className="graphiql-un-styled" title="Sign out" onClick={signOut}>
      Sign out{signedIn.name !== null && ` (${signedIn.name})`}
    </button>
  );
}
