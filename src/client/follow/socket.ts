import type { Client } from 'graphql-ws';
import { createClient } from 'graphql-ws';
import { ViewerDocument } from '../../generated/client.js';
import { authorization, type Credentials, type Token } from '../credentials.js';
import { isRefusal, StepcastError } from '../errors.js';
import type { Request } from '../http.js';
import { pause } from '../retry.js';
import { isMisread } from './faults.js';
import { WebSocket } from './websocket.js';

/** Attempts in a row that fail, though HTTP is answered, before no websocket is expected to get through; and milliseconds until one counts as failed. */
const barredAfter = 3;
const openWithin = 10_000;

/** Milliseconds between pings, and until a ping must be answered. */
const pingEvery = 10_000;
const pongWithin = 5_000;

/** Close code: the credentials are not accepted, or do not hold any more. */
const forbidden = 4403;

/** That the server does not accept who is asking. `isFinal`: the token is not a function, so that there is no other. */
export interface SignedOut {
  readonly fault: StepcastError;
  readonly isFinal: boolean;
}

export interface SocketListener {
  /** The server has acknowledged the connection: subscriptions are sent next. */
  connected(): void;
  /** The socket is closed, or could not be opened; `heardAt`: when something was last received. */
  lost(heardAt: Date): void;
  /** The server has lost its database, or has it back (`staleSince`). */
  aged(): void;
}

/**
 * The one websocket that all followers of a client share. It is open while there are followers, reconnects without limit
 * with full jitter, and gets a token for each connection. A socket on which a ping is not answered is closed, since a
 * lost connection may not be reported otherwise. Invariant: `signedOut` is how the last attempt ended, not why an open connection was
 * lost, which a fresh token may make good.
 */
export class Socket {
  readonly #client: Client;
  readonly #token: Token | undefined;
  readonly #listeners = new Set<SocketListener>();
  readonly #sleepers = new Set<() => void>();
  #connected = false;
  #heardAt = new Date();
  #pong: ReturnType<typeof setTimeout> | undefined;
  #opening: ReturnType<typeof setTimeout> | undefined;
  #barred = 0;
  #isHurried = false;
  #retryAt: Date | null = null;
  /** With which credentials the connection is made, those that were refused last, and how often in a row. */
  #sent: string | undefined;
  #refused: string | null | undefined = null;
  #refusals = 0;

  /** `ask`: the same server by HTTP, which answers a subscription with its first message. */
  constructor(
    url: URL,
    readonly ask: Request,
    token?: Token,
  ) {
    this.#token = token;
    this.#client = createClient({
      url: webSocketUrl(url),
      webSocketImpl: WebSocket,
      connectionParams: () => this.#credentials(),
      keepAlive: pingEvery,
      connectionAckWaitTimeout: pongWithin,
      retryAttempts: Number.POSITIVE_INFINITY,
      // Whoever follows decides how often what is not understood is asked for again.
      shouldRetry: (error) => !isMisread(error),
      // What is accepted, and refused at once, is not tried again at once for ever.
      retryWait: (retries) => this.#sleep(pause(Math.max(retries, this.#refusals))),
      on: {
        connecting: () => this.#onConnecting(),
        connected: () => this.#onConnected(),
        closed: (event) => this.#onClosed(event as { code?: number; reason?: string }),
        message: () => this.#onHeard(),
        ping: (received, payload) => (received ? this.#onPing(payload) : this.#expectPong()),
      },
    });
  }

  /** Since when the server cannot reach its database; null while it can, and while it is not known (W11). */
  staleSince: Date | null = null;

  /** Null: nothing is known to be wrong with the token. */
  signedOut: SignedOut | null = null;

  /** Whether no websocket gets through: several in a row could not be opened, while HTTP was answered. They are tried all the same. */
  get isBarred(): boolean {
    return this.#barred >= barredAfter;
  }
  /** Whether there is no other token than the one that was given, if any. */
  get isTokenFixed(): boolean {
    return typeof this.#token !== 'function';
  }
  get connected(): boolean {
    return this.#connected;
  }
  get subscribe(): Client['subscribe'] {
    return this.#client.subscribe;
  }

  /** Calls the listener until the returned function is called. */
  listen(listener: SocketListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      // Without followers, the timer of the next attempt must not keep the process alive.
      if (this.#listeners.size === 0) this.#wake();
    };
  }

  /** When a lost connection is tried again; null: it is there, or being tried, or nobody follows. */
  get retryAt(): Date | null {
    return this.#sleepers.size > 0 ? this.#retryAt : null;
  }

  /** Tries a lost connection again now, instead of after its pause; one that is being made now, without a pause if it fails. */
  retry(): void {
    if (this.#sleepers.size === 0 && !this.#connected) this.#isHurried = true;
    this.#wake();
  }

  async #credentials(): Promise<Credentials> {
    try {
      const credentials = await authorization(this.#token);
      this.#sent = credentials.authorization;
      return credentials;
    } catch (fault) {
      if (isRefusal(fault)) this.signedOut = { fault, isFinal: this.isTokenFixed };
      throw fault;
    }
  }

  #onConnecting() {
    this.signedOut = null;
    clearTimeout(this.#opening);
    this.#opening = setTimeout(() => this.#client.terminate(), openWithin);
  }

  #onConnected() {
    clearTimeout(this.#opening);
    this.#barred = 0;
    this.#isHurried = false;
    this.#connected = true;
    this.#onHeard();
    for (const listener of this.#listeners) listener.connected();
  }

  #onClosed({ code, reason = '' }: { code?: number; reason?: string }) {
    clearTimeout(this.#pong);
    clearTimeout(this.#opening);
    const wasConnected = this.#connected;
    this.#connected = false;
    this.staleSince = null;
    if (code === forbidden) this.#onRefused(wasConnected, reason);
    this.#tellLost();
    const mayBeBarred = !wasConnected && !this.signedOut && this.#listeners.size > 0;
    if (mayBeBarred) void this.#countBarred();
  }

  #onRefused(wasConnected: boolean, reason: string) {
    const isAgain = this.#refused === this.#sent;
    this.#refusals = isAgain ? this.#refusals + 1 : 0;
    this.#refused = this.#sent;
    if (wasConnected && !isAgain) return;
    const what = this.#sent === undefined ? 'expects a token' : 'does not accept the token';
    const fault = new StepcastError('UNAUTHENTICATED', `the server ${what}: ${forbidden} ${reason}`);
    this.signedOut = { fault, isFinal: this.isTokenFixed };
  }

  #tellLost() {
    for (const listener of this.#listeners) listener.lost(this.#heardAt);
  }

  /** A server that does not answer by HTTP either is away, or busy: its clients wait for their websocket. */
  async #countBarred() {
    const answers = await this.ask(ViewerDocument, {}).then(
      () => true,
      (fault) => fault instanceof StepcastError && !fault.retryable,
    );
    if (this.#connected) return;
    this.#barred = answers ? this.#barred + 1 : 0;
    if (this.isBarred) this.#tellLost();
  }

  #onPing(payload: Record<string, unknown> | undefined) {
    if (!payload || !('stale' in payload)) return;
    const stale = payload.stale as { since: string } | null;
    this.staleSince = stale && new Date(stale.since);
    for (const listener of this.#listeners) listener.aged();
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
    if (this.#isHurried) {
      this.#isHurried = false;
      return Promise.resolve();
    }
    this.#retryAt = new Date(Date.now() + milliseconds);
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
