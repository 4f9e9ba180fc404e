import type { Socket } from 'node:net';
import {
  type ConnectionInitMessage,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  type Message,
  MessageType,
  parseMessage,
  type SubscribeMessage,
} from 'graphql-ws';
import { type RawData, WebSocket } from 'ws';
import type { Authenticator, Identity } from '../../auth/identity.js';
import type { AddressLimits } from '../../limits/address-limits.js';
import type { Limits } from '../../limits/limits.js';
import { checkJson } from '../json.js';
import { authenticateFrom } from '../limits.js';
import { Inbox } from './inbox.js';
import { type OperationOptions, Operations } from './operations.js';
import { type Refusal, refusalOfCredentials, refusals } from './refusals.js';
import type { News } from './staleness.js';
import { Writer } from './writer.js';

/** Milliseconds until `connection_init` must have come. */
const initTimeoutMs = 3_000;

export const limits = {
  /** Bytes of a message from a client, and of one before it is acknowledged. */
  message: 64 * 1024,
  firstMessage: 4 * 1024,
  /** Characters of an operation's id. */
  id: 255,
};

export interface ConnectionOptions extends OperationOptions {
  readonly authenticator: Authenticator;
  readonly limits: Limits;
}

/**
 * One client's socket, as a state machine of graphql-transport-ws: `opened` until `connection_init`, `authenticating` until
 * its credentials hold, then `acknowledged`, then `closing`, whoever began it; in that state nothing is taken and nothing
 * sent. There are operations only while it is `acknowledged`, all of the one caller, until the credentials end. What a
 * client may do wrong ends in the protocol's close codes, or in an error of one operation. Made by `attachWebsocket` when
 * the websocket is open; everything it holds is gone when the socket is closed.
 */
export class Connection {
  readonly #ws: WebSocket;
  readonly #address: AddressLimits;
  readonly #options: ConnectionOptions;
  readonly #requestId: string;
  readonly #writer: Writer;
  readonly #inbox: Inbox;
  #operations: Operations | null = null;
  /** Stops waiting for the end of the credentials. */
  #unwatch = () => {};
  /** Counts this socket no longer for its caller. */
  #release = () => {};
  #state: 'opened' | 'authenticating' | 'acknowledged' | 'closing' = 'opened';
  /** Whether anything came since the last ping. */
  #alive = true;
  #initTimer: NodeJS.Timeout | null = null;
  /** What the client is still to be told: only the last of it. */
  #news: News | null = null;

  /** `requestId`: of the request that was upgraded. */
  constructor(ws: WebSocket, socket: Socket, address: AddressLimits, options: ConnectionOptions, requestId: string) {
    this.#ws = ws;
    this.#address = address;
    this.#options = options;
    this.#requestId = requestId;
    this.#writer = new Writer(ws, socket, () => this.#drained());
    this.#inbox = new Inbox({ ws, take: (data) => this.#take(data), congested: () => this.#writer.congested });
    this.#listen();
    if (ws.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) this.#close(refusals.protocol);
    else this.#initTimer = setTimeout(() => this.#close(refusals.initTimeout), initTimeoutMs);
  }

  /** Asks for a sign of life, or closes the socket if the last time there came none. */
  probe(): void {
    if (!this.#writer.writable) {
      // It has not read the ping behind what waits: it is left to `closeIfStalled`, and asked anew once it has taken that.
      this.#alive = true;
    } else if (!this.#alive) {
      this.#ws.terminate();
    } else {
      this.#alive = false;
      this.#writer.ping();
    }
  }

  /** Closes a socket that has taken nothing for so long of what waits for it (W5). */
  closeIfStalled(timeoutMs: number): void {
    const stalledMs = Math.round(this.#writer.stalledFor(performance.now()));
    if (this.#state === 'closing' || stalledMs < timeoutMs) return;
    this.#options.log.info({ stalledMs }, 'a client that reads nothing is disconnected');
    this.#close(refusals.stalled);
  }

  /** Tells the client how current what it is sent is (W11), once it is acknowledged and has taken what waits. */
  tell(news: News): void {
    this.#news = news;
    this.#sendNews();
  }

  /** Called when the server shuts down. */
  goAway(): void {
    this.#close(refusals.goingAway);
  }

  #listen(): void {
    const heard = () => {
      this.#alive = true;
    };
    this.#ws.on('message', (data: RawData, isBinary: boolean) => {
      heard();
      if (isBinary) this.#close(refusals.binary);
      else this.#inbox.receive(data as Buffer);
    });
    this.#ws.on('ping', (payload: Buffer) => {
      heard();
      this.#writer.pong(payload);
      this.#inbox.count();
    });
    this.#ws.on('pong', heard);
    this.#ws.on('error', (error) => {
      this.#options.log.info({ err: error }, 'a client broke the websocket protocol');
      this.#end();
    });
    this.#ws.once('close', () => this.#end());
  }

  #sendNews(): void {
    if (!this.#news || this.#state !== 'acknowledged' || !this.#writer.writable) return;
    this.#writer.text(JSON.stringify({ type: MessageType.Ping, payload: this.#news }));
    this.#news = null;
  }

  #drained(): void {
    if (this.#state === 'closing') return;
    this.#sendNews();
    this.#operations?.wake();
    this.#inbox.advance();
  }

  /** Begins to close the socket. A client that does not answer is cut off by `ws` after its `closeTimeout`. */
  #close({ code, reason }: Refusal): void {
    if (this.#state === 'closing') return;
    this.#options.telemetry.closed(code);
    this.#end();
    if (this.#ws.readyState === WebSocket.OPEN) this.#writer.close(code, reason);
    // Its client has hung up without a word, and `ws` waits without end for what it was sent to be taken.
    else this.#ws.terminate();
  }

  #end(): void {
    this.#state = 'closing';
    if (this.#initTimer) clearTimeout(this.#initTimer);
    this.#unwatch();
    this.#release();
    this.#inbox.close();
    this.#operations?.close();
  }

  #take(data: Buffer): void {
    try {
      const refusal = this.#handle(data);
      if (refusal) this.#close(refusal);
    } catch (error) {
      this.#close(this.#failure(error));
    }
  }

  #failure(error: unknown): Refusal {
    this.#options.log.error({ err: error }, 'a websocket message could not be handled');
    return refusals.failed;
  }

  /** Does what a message says, or answers why the socket is to be closed instead. */
  #handle(data: Buffer): Refusal | null {
    if (!this.#operations && data.length > limits.firstMessage) return refusals.tooBig;
    const message = parse(data);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        return this.#authenticate(message.payload);
      case MessageType.Ping:
        return this.#pong(message.payload);
      case MessageType.Pong:
        return null;
      case MessageType.Subscribe:
        return this.#subscribe(message);
      case MessageType.Complete:
        this.#operations?.complete(message.id);
        return null;
      default:
        // No message, or one that only a server may send.
        return refusals.invalid;
    }
  }

  #authenticate(payload: ConnectionInitMessage['payload']): Refusal | null {
    if (this.#state !== 'opened') return refusals.initialisedTwice;
    this.#state = 'authenticating';
    authenticateFrom(this.#address, this.#options.authenticator, authorizationIn(payload))
      .then((identity) => this.#acknowledge(identity))
      .catch((error: unknown) => this.#close(refusalOfCredentials(error) ?? this.#failure(error)));
    return null;
  }

  #acknowledge(identity: Identity): void {
    if (this.#state !== 'authenticating') return;
    const limits = this.#options.limits.ofCaller(identity.id);
    this.#release = limits.openSocket();
    this.#state = 'acknowledged';
    if (this.#initTimer) clearTimeout(this.#initTimer);
    this.#operations = new Operations(this.#writer, this.#options, { identity, limits, requestId: this.#requestId });
    this.#unwatch = this.#options.authenticator.watch(identity, () => this.#close(refusals.forbidden));
    this.#writer.text(JSON.stringify({ type: MessageType.ConnectionAck }));
    this.#sendNews();
  }

  #pong(payload: unknown): Refusal | null {
    this.#writer.text(JSON.stringify({ type: MessageType.Pong, payload }));
    return null;
  }

  #subscribe({ id, payload }: SubscribeMessage): Refusal | null {
    if (!this.#operations) return refusals.unauthorized;
    if (this.#operations.has(id)) return refusals.idInUse;
    this.#operations.open(id, payload);
    return null;
  }
}

/** What is no text is no credentials, and is said so by who judges them. */
function authorizationIn(payload: ConnectionInitMessage['payload']): string | undefined {
  const { authorization } = payload ?? {};
  return authorization === undefined || typeof authorization === 'string' ? authorization : typeof authorization;
}

/** The message that a client sent, null when it is none. */
function parse(data: Buffer): Message | null {
  const text = String(data);
  if (checkJson(text)) return null;
  try {
    const message = parseMessage(text);
    return 'id' in message && message.id.length > limits.id ? null : message;
  } catch {
    return null;
  }
}
