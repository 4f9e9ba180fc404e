import type { Connection } from './connection.js';

/** How often, in milliseconds, clients are asked for a sign of life, and sockets looked at for stalls. */
const pingInterval = 12_000;
const lookInterval = 1_000;

/** Finds the sockets that are dead (no sign of life since the last ping) or take nothing (W5), with two timers for all of them. */
export class Heartbeat {
  readonly #timers: NodeJS.Timeout[];

  /** `connections` are those that are open; `timeoutMs` is how long one may take nothing of what waits for it. */
  constructor(connections: ReadonlySet<Connection>, timeoutMs: number) {
    const each = (interval: number, look: (connection: Connection) => void) =>
      setInterval(() => {
        for (const connection of connections) look(connection);
      }, interval);
    this.#timers = [
      each(pingInterval, (connection) => connection.probe()),
      each(lookInterval, (connection) => connection.closeIfStalled(timeoutMs)),
    ];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
