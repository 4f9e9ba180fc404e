import { type Client, StepcastError } from 'stepcast/client';
import { offer } from '../../sign-in/offer.js';
import { onSession, session } from '../../sign-in/session.js';
import { askViewer, client } from './client.js';
import { hasFailed, noteAnswer } from './connection.js';
import { tellSignedIn } from './signed-in.js';
import { Store } from './store.js';

export type Viewer = Awaited<ReturnType<Client['viewer']>>;

/** Whether there is anything to show. `closed`: nobody has signed in since the page was opened, and the server asks for it. */
export const access = new Store<'unknown' | 'open' | 'closed'>(session() ? 'open' : 'unknown', { immediate: true });

/** Whom the server takes the viewer for. Null: it has not said so, or asks nobody who they are. */
export const viewer = new Store<Viewer | null>(null, { immediate: true });

/** Knows from now on whether the viewer is signed in. */
export function watchAccess(): void {
  onSession((before) => {
    // Signed out, here or in another tab: nothing of what was shown is to stay.
    if (!session()) return location.reload();
    if (session()?.token !== before?.token) void admit();
  });
  if (session()) void admit();
  else void openIfFree();
}

async function openIfFree(): Promise<void> {
  const isFree = await offer().then(
    ({ token }) => !token,
    // Whoever follows says that the server is away.
    () => true,
  );
  if (access.value === 'unknown') access.set(isFree ? 'open' : 'closed');
}

/** Why there is no sign-in, where one was begun; in words. */
export const failure = new Store<string | null>(null, { immediate: true });

/** Goes on where the page was, as whom the server says. Whoever has become somebody else begins anew. */
async function admit(): Promise<void> {
  try {
    const now = await askViewer();
    const isOther = viewer.value !== null && !isSame(viewer.value, now);
    if (isOther || hasFailed()) return location.reload();
    viewer.set(now);
    noteAnswer(null);
  } catch (fault) {
    noteAnswer(fault);
    // A server that cannot be reached may still accept the viewer.
    if (isRefusal(fault)) return refuse(fault);
  }
  failure.set(null);
  access.set('open');
  tellSignedIn();
  client.reconnect();
}

/** What was shown stays, and nothing else is shown. */
function refuse({ code, message }: StepcastError): void {
  if (viewer.value) return;
  failure.set(code === 'FORBIDDEN' ? `The server knows who you are, and lets you see nothing: ${message}.` : null);
  access.set('closed');
}

const isRefusal = (fault: unknown): fault is StepcastError =>
  fault instanceof StepcastError && (fault.code === 'UNAUTHENTICATED' || fault.code === 'FORBIDDEN');

const isSame = (one: Viewer, other: Viewer) =>
  one.tenantId === other.tenantId && one.roles.join() === other.roles.join();
