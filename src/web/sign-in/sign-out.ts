import { keep, session } from './session.js';

/** Signs out, in all tabs. */
export async function signOut(): Promise<void> {
  const isOfProvider = session()?.name !== null;
  if (isOfProvider) {
    const { forget } = await import('./oidc.js');
    // A provider that cannot be reached does not keep anybody in.
    await forget().catch(() => {});
  }
  keep(null);
}
