import type { Client } from 'graphql-ws';
import { createClient } from 'graphql-ws';
import { pause } from '../backoff.js';
import { authorization, type Token } from '../http.js';
import { WebSocket } from './websocket.js';

/** Milliseconds between pings, and how long an answer may take before the socket counts as dead. */
const pingEvery = 10_000;
const pongWithin = 5_000;

export interface SocketListener {
  /** The server has taken us in: subscriptions go out next. */
  connected(): void;
  /** The socket is gone, or was never there; `heardAt` is when the server was last heard. */
  lost(heardAt: Date): void;
}

/**
 * The one websocket that all followers of a client share. It is open while somebody follows, comes back for ever with
 * full jitter, and asks for a fresh token each time. A socket that answers no ping is closed: it is dead, though
 * nobody has said so.
 */
export class Socket {
  readonly #client: Client;
  readonly #listeners = new Set<SocketListener>();
  readonly #sleepers = new Set<() => void>();
  #connected = false;
  #heardAt = new Date();
  #pong: ReturnType<typeof setTimeout> | undefined;

  constructor(url: URL, token?: Token) {
    this.#client = createClient({
      url: webSocketUrl(url),
      webSocketImpl: WebSocket,
      connectionParams: () => authorization(token),
      keepAlive: pingEvery,
      connectionAckWaitTimeout: pongWithin,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (retries) => this.#sleep(pause(retries)),
      on: {
        connected: () => this.#onConnected(),
        closed: () => this.#onClosed(),
        message: () => this.#onHeard(),
        ping: (received) => received || this.#expectPong(),
      },
    });
  }

  get connected(): boolean {
    return this.#connected;
  }
  get subscribe(): Client['subscribe'] {
    return this.#client.subscribe;
  }

  /** Hears of the socket's fate until the returned function is called. */
  listen(listener: SocketListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      // Nobody waits for the next attempt any more; its timer must not keep the process alive.
      if (this.#listeners.size === 0) this.#wake();
    };
  }

  #onConnected() {
    this.#connected = true;
    this.#onHeard();
    for (const listener of this.#listeners) listener.connected();
  }

  #onClosed() {
    clearTimeout(this.#pong);
    this.#connected = false;
    for (const listener of this.#listeners) listener.lost(this.#heardAt);
  }

  #onHeard() {
    this.#heardAt = new Date();
    clearTimeout(this.#pong);
  }

  #expectPong() {
    clearTimeout(this.#pong);
    this.#pong = setTimeout(() => this.#client.terminate(), pongWithin);
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => wake(), milliseconds);
      const wake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      this.#sleepers.add(wake);
    });
  }

  #wake() {
    for (const wake of this.#sleepers) wake();
  }
}

function webSocketUrl(url: URL): string {
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return socketUrl.href;
}
