/** How the viewer is signed in. */
export interface Session {
  /** What is sent as bearer token. */
  readonly token: string;
  /** Who it is, as an OpenID provider says; null: the token was given. */
  readonly name: string | null;
  /** When the token ends, in milliseconds since 1970 by this device's clock; null: that is not known. */
  readonly endsAt: number | null;
  /** From when on another token is asked of the provider, by the same clock; null: it gives none. */
  readonly renewAt: number | null;
}

const key = 'stepcast.session';
const listeners = new Set<(before: Session | null) => void>();
let current = stored();

/** Null: nobody is signed in. */
export const session = (): Session | null => current;

/** Signs in, or out (null), in all tabs of this server. Where the browser keeps nothing, in this one until it is left. */
export function keep(next: Session | null): void {
  try {
    if (next) localStorage.setItem(key, JSON.stringify(next));
    else localStorage.removeItem(key);
  } catch {
    // Storage is refused or full.
  }
  set(next);
}

/** Reads again what another tab may have changed a moment ago. */
export function reread(): Session | null {
  const found = stored();
  if (found) set(found);
  return current;
}

/** Calls `listener` with how it was before, after every change in any tab, until the returned function is called. */
export function onSession(listener: (before: Session | null) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A token that was given, without more being known of it. */
export function ofToken(token: string): Session {
  return { token, name: null, endsAt: null, renewAt: null };
}

/** Takes the token that the address has as `#token=…` out of it: it is to be in no history, bookmark or picture. */
export function takeToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  if (isToken(given)) keep(ofToken(given));
}

/** Whether a text can be sent as a bearer token. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function set(next: Session | null): void {
  const before = current;
  if (JSON.stringify(before) === JSON.stringify(next)) return;
  current = next;
  for (const listener of listeners) listener(before);
}

function stored(): Session | null {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? 'null');
    return typeof found?.token === 'string' && isToken(found.token) ? { ...ofToken(''), ...found } : null;
  } catch {
    return null;
  }
}

addEventListener('storage', (event) => {
  if (event.key === key || event.key === null) set(stored());
});
addEventListener('hashchange', takeToken);
