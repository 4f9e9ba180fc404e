import { WebSocket } from 'ws';
import type { Log } from '../domain/ports.js';
import type { Wire } from './wire.js';

/** How often, in milliseconds, sockets are pinged, and looked at for stalls. */
const pingInterval = 12_000;
const lookInterval = 1_000;
/** How long, in milliseconds, a close frame may wait behind what the socket did not take. */
const farewell = 5_000;

/** Finds the sockets that are dead (no pong since the last ping) or take nothing (W5), with two timers for all of them. */
export class Heartbeat {
  readonly #sockets = new Map<WebSocket, { wire: Wire; alive: boolean }>();
  readonly #timers: NodeJS.Timeout[];
  readonly #patience: number;
  readonly #log: Log;

  /** `readerTimeoutSeconds`: how long a socket may take nothing of what waits for it. */
  constructor(readerTimeoutSeconds: number, log: Log) {
    this.#patience = readerTimeoutSeconds * 1000;
    this.#log = log;
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
      if (ws.readyState !== WebSocket.OPEN || wire.stalledFor(now) < this.#patience) continue;
      this.#log.info({ stalledMs: wire.stalledFor(now) }, 'a reader that takes nothing is sent away');
      ws.close(1013, 'Try again later');
      setTimeout(() => ws.terminate(), farewell).unref();
    }
  }
}
