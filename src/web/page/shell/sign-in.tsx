import { useState } from 'react';
import { SignInPanel } from '../../sign-in/panel.js';
import { access, failure } from '../live/access.js';
import { connection } from '../live/connection.js';
import { useStore } from '../live/store.js';
import { useTitle } from '../ui/document-title.js';

/** Instead of a view, while nobody has signed in. */
export function SignInView() {
  useTitle({ name: 'Sign in' });
  return (
    <SignInPanel title="Sign in" isView failure={useStore(failure)}>
      <p>This server shows its clusters to those it knows.</p>
    </SignInPanel>
  );
}

/** Above a view that stays as it was, when the server does not accept the viewer any more. */
export function SignInAgain() {
  const isSignedOut = useIsSignedOut();
  const isClosed = useStore(access) === 'closed';
  const words = useStore(failure);
  if (isClosed || !isSignedOut) return null;
  return (
    <SignInPanel title="Signed out" failure={words}>
      <p role="alert">
        The server does not accept this sign-in any more. Sign in again; the place is kept. What is shown is as of then.
      </p>
    </SignInPanel>
  );
}

/** Until the page is current again: a server that is away meanwhile does not take from the viewer what is being typed. */
function useIsSignedOut(): boolean {
  const now = useStore(connection, ({ status, trouble }) =>
    trouble === 'signed-out' ? true : status === 'stale' ? null : false,
  );
  const [isSo, setSo] = useState(false);
  if (now !== null && now !== isSo) setSo(now);
  return now ?? isSo;
}
