import { client } from './client.js';
import { connection } from './connection.js';
import { Store, useStore } from './store.js';

/**
 * The server's time to the second, in milliseconds since 1970: one timer for the whole page. Null while the page is not
 * current: nothing that counts may go on then.
 */
export const now = new Store<number | null>(null);

/** Milliseconds between ticks. */
const tick = 1_000;

const beginning = '1970-01-01T00:00:00.000Z';

function read(): void {
  const elapsed = client.clock.since(beginning);
  now.set(connection.value.status === 'stale' || elapsed === 0 ? null : Math.floor(elapsed / tick) * tick);
}

setInterval(() => {
  if (!document.hidden) read();
}, tick);
document.addEventListener('visibilitychange', read);
connection.subscribe(read);

export const useNow = (): number | null => useStore(now);
