import type { WebSocket } from 'ws';
import type { Wire } from './wire.js';

/** How often, in milliseconds, sockets are pinged, and looked at for stalls. */
const pingInterval = 12_000;
const lookInterval = 1_000;

/** Finds the sockets that are dead (no pong since the last ping) or take nothing (W5), with two timers for all of them. */
export class Heartbeat {
  readonly #sockets = new Map<WebSocket, { wire: Wire; alive: boolean }>();
  readonly #timers: NodeJS.Timeout[];
  readonly #patience: number;

  /** `readerTimeoutSeconds`: how long a socket may take nothing of what waits for it. */
  constructor(readerTimeoutSeconds: number) {
    this.#patience = readerTimeoutSeconds * 1000;
    this.#timers = [setInterval(() => this.#ping(), pingInterval), setInterval(() => this.#look(), lookInterval)];
  }

  add(ws: WebSocket, wire: Wire): void {
    const entry = { wire, alive: true };
    this.#sockets.set(ws, entry);
    ws.on('pong', () => {
      entry.alive = true;
    });
    ws.once('close', () => this.#sockets.delete(ws));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** A socket with something waiting cannot be expected to have read the ping behind it: it is left to `#look`. */
  #ping(): void {
    const now = Date.now();
    for (const [ws, entry] of this.#sockets) {
      if (!entry.alive && entry.wire.stalledFor(now) === 0) {
        ws.terminate();
        continue;
      }
      entry.alive = false;
      ws.ping();
    }
  }

  #look(): void {
    const now = Date.now();
    for (const [ws, { wire }] of this.#sockets) {
      if (wire.stalledFor(now) < this.#patience) continue;
      ws.close(1013, 'Try again later');
      // The close frame waits behind what the socket does not take: it is given a moment, then the socket is cut off.
      setTimeout(() => ws.terminate(), lookInterval).unref();
    }
  }
}
