import type { WebSocket } from 'ws';
import { inLaterTurn, isTurnSpent } from '../../domain/turns.js';
import { TokenBucket } from '../../limits/token-bucket.js';

export interface InboxOptions {
  readonly ws: WebSocket;
  /** Takes the next message. */
  readonly take: (data: Buffer) => void;
  /** Whether messages must wait, because of what waits to go out. Once that is over, `advance` is to be called. */
  readonly congested: () => boolean;
}

/**
 * The messages of one client, in order, each processed when it may be: within the rate, not while the client leaves too
 * much unread, and not all in one turn of the event loop when that takes long. Invariant: what waits here is bounded, by
 * reading no more from the socket beyond that (TCP backpressure); a client is never disconnected for sending much. Called
 * by its connection.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #rate = new TokenBucket(messages);
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Whether it waits for a later turn of the event loop. */
  #deferred = false;
  #closed = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** To be called with each message. */
  receive(data: Buffer): void {
    if (this.#closed) return;
    this.#waiting.push(data);
    this.#waitingBytes += data.length + overhead;
    this.advance();
    if (this.#waitingBytes > mostWaiting) this.#options.ws.pause();
  }

  /** To be called with each ping of the websocket, which is answered without waiting here. */
  count(): void {
    const now = performance.now();
    this.#rate.charge(now);
    if (this.#closed || this.#rate.wait(now) === 0) return;
    this.#options.ws.pause();
    this.#advanceLater(now);
  }

  /** Takes what may be taken. */
  advance(): void {
    for (let data = this.#waiting[0]; data; data = this.#waiting[0]) {
      if (this.#options.congested() || this.#deferred) return;
      if (isTurnSpent()) {
        this.#defer();
        return;
      }
      const now = performance.now();
      if (!this.#rate.take(now)) {
        this.#advanceLater(now);
        return;
      }
      this.#waiting.shift();
      this.#waitingBytes -= data.length + overhead;
      this.#options.take(data);
    }
    if (!this.#timer && !this.#closed && this.#options.ws.isPaused) this.#options.ws.resume();
  }

  /** Takes no more; what still comes is read, and thrown away, so that the end of the socket is noticed. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (this.#timer) clearTimeout(this.#timer);
    this.#options.ws.resume();
  }

  #defer(): void {
    this.#deferred = true;
    inLaterTurn(() => {
      this.#deferred = false;
      this.advance();
    });
  }

  #advanceLater(now: number): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.advance();
      },
      Math.max(this.#rate.wait(now), leastWait),
    );
  }
}

/** Messages and pings of one socket. */
const messages = { perSecond: 100, burst: 100 };
/** Bytes that may wait, and what a message costs besides its own. */
const mostWaiting = 64 * 1024;
const overhead = 128;
/** Milliseconds: some messages at a time, rather than a timer for each. */
const leastWait = 50;
