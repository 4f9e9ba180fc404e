import { client } from './client.js';
import { connection } from './connection.js';
import { frames } from './frames.js';
import { Store, useStore } from './store.js';

/**
 * The server's time to the second, in milliseconds since 1970: one timer for the whole page. Null while the page is not
 * current: nothing that counts may go on then.
 */
export const now = new Store<number | null>(null);

/** Milliseconds between ticks. */
const tick = 1_000;

const beginning = '1970-01-01T00:00:00.000Z';

/** The server's time in milliseconds, whether or not the page is current; null until the server has said it. */
export function serverNow(): number | null {
  const elapsed = client.clock.since(beginning);
  return elapsed === 0 ? null : elapsed;
}

/** A time by the viewer's clock, which may be wrong, by that of the server; both in milliseconds. */
export const byServer = (time: number): number => time + (serverNow() ?? Date.now()) - Date.now();

function read(): void {
  // A tick is nothing that one would be behind by.
  if (frames.paused) return;
  const time = connection.value.status === 'stale' ? null : serverNow();
  now.set(time && Math.floor(time / tick) * tick);
}

/** Takes the server's time from a message of its own, so that there is a clock before anything is asked. */
export function hearTime(serverTime: string): void {
  client.clock.hear(serverTime);
  read();
}

setInterval(() => {
  if (!document.hidden) read();
}, tick);
document.addEventListener('visibilitychange', read);
connection.subscribe(read);

export const useNow = (): number | null => useStore(now);
