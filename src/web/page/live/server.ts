import { client } from './client.js';
import { byServer } from './clock.js';
import { onReturn } from './connection.js';
import { Store } from './store.js';

/** The version of Stepcast that the page was built with. */
declare const __STEPCAST_VERSION__: string;
export const pageVersion = __STEPCAST_VERSION__;

/** What the server says of itself; asked at first, and whenever a lost connection is there again. */
export interface Server {
  readonly version: string;
  /** Whether progress is recorded. */
  readonly eventLog: boolean;
  /** Whether it serves another page than this one. */
  readonly hasOtherPage: boolean;
  /** Milliseconds that the viewer's clock is ahead of the server's. */
  readonly skew: number;
}

/** Null: it has not answered yet. */
export const server = new Store<Server | null>(null, { immediate: true });

async function ask(): Promise<void> {
  try {
    const [{ version, eventLog, time }, hasOtherPage] = await Promise.all([client.server(), servesOtherPage()]);
    client.clock.hear(time);
    const now = Date.now();
    server.set({ version, eventLog, hasOtherPage, skew: now - byServer(now) });
  } catch {
    // It is asked again with the next connection; what is wrong is told by the connection.
  }
}

/** The files that a page begins with. Their names are of their content: another build has others. */
const filesOf = (page: Document): string =>
  [...page.querySelectorAll('script[src], link[rel=stylesheet]')]
    .map((element) => element.getAttribute('src') ?? element.getAttribute('href'))
    .join(' ');

/** Those of this page, before what is loaded later is added to it. */
const ownFiles = filesOf(document);

/** What is not a page at all, such as the word of a proxy, says nothing of it. */
async function servesOtherPage(): Promise<boolean> {
  try {
    const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-cache' });
    if (!answer.ok) return false;
    const files = filesOf(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    return files.includes('/assets/') && files !== ownFiles;
  } catch {
    return false;
  }
}

/** Asks the server from now on: at once, and whenever the page was without it. */
export function watchServer(): void {
  onReturn(() => void ask());
  // Whoever comes back does not wait for a pause to end that grew while nobody looked.
  addEventListener('online', () => client.reconnect());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) client.reconnect();
  });
  void ask();
}
