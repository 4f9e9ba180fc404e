/** An OpenID provider that signs viewers in, and as which of its clients. */
export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

/** How viewers may sign in to this server. */
export interface Offer {
  /** Whether it takes a token; false: it asks nobody who they are. */
  readonly token: boolean;
  readonly oidc: Provider | null;
}

let last: Promise<Offer> | null = null;

/** What the server has offered last. Rejects when it cannot be asked. */
export const offer = (): Promise<Offer> => last ?? askOffer();

/** Asks the server anew: it may have been started again with other settings. */
export function askOffer(): Promise<Offer> {
  const asked = ask();
  last = asked;
  asked.catch(() => {
    if (last === asked) last = null;
  });
  return asked;
}

async function ask(): Promise<Offer> {
  const response = await fetch('/auth.json', { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`expected /auth.json from the server, got status ${response.status}`);
  return (await response.json()) as Offer;
}
