import { client } from './client.js';
import { byServer } from './clock.js';
import { connection, isCurrent } from './connection.js';
import { Store } from './store.js';

/** The version of Stepcast that the page was built with. */
declare const __STEPCAST_VERSION__: string;
export const pageVersion = __STEPCAST_VERSION__;

/** What the server says of itself; asked whenever a connection to it is made. */
export interface Server {
  readonly version: string;
  /** Whether progress is recorded. */
  readonly eventLog: boolean;
  /** Milliseconds that the viewer's clock is ahead of the server's. */
  readonly skew: number;
}

/** Null: it has not answered yet. */
export const server = new Store<Server | null>(null, { immediate: true });

async function ask(): Promise<void> {
  try {
    const { version, eventLog, time } = await client.server();
    client.clock.hear(time);
    const now = Date.now();
    server.set({ version, eventLog, skew: now - byServer(now) });
  } catch {
    // It is asked again with the next connection; what is wrong is told by the connection.
  }
}

/** Asks the server from now on: at once, and whenever the page was without it. */
export function watchServer(): void {
  let wasCurrent = true;
  connection.subscribe(() => {
    const isNow = isCurrent(connection.value) && connection.value.status !== 'connecting';
    if (isNow && !wasCurrent) void ask();
    wasCurrent = isNow;
  });
  // Whoever comes back does not wait for a pause to end that grew while nobody looked.
  addEventListener('online', () => client.reconnect());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) client.reconnect();
  });
  void ask();
}
