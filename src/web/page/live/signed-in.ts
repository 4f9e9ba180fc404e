const waiting = new Set<() => void>();

/** Resolves when the viewer has signed in, in this tab or another. */
export const signedIn = (): Promise<void> => new Promise((resolve) => waiting.add(resolve));

/** The server accepts the viewer: what waits for that goes on. */
export function tellSignedIn(): void {
  const told = [...waiting];
  waiting.clear();
  for (const resolve of told) resolve();
}
