import { randomUUID } from 'node:crypto';
import { FrameSocket } from './frames.js';

export interface Document {
  readonly query: string;
  readonly variables: object;
}

export interface SubscribersOptions {
  /** Of the websocket. */
  readonly url: string;
  readonly readers: number;
  /** What they subscribe to, assigned in turn. */
  readonly documents: readonly Document[];
  /** Whether a subscription gets a first message at once, which `open` waits for (default: true). */
  readonly first?: boolean;
  /** Called with each message's reader and payload; the payload is valid only until it returns. */
  readonly onMessage?: Listener;
}

type Listener = (reader: number, payload: Buffer) => void;

/** Many subscribers, each with a socket and a subscription of its own. */
export class Subscribers {
  readonly sockets: FrameSocket[] = [];
  /** Total of messages of subscriptions received, and their bytes. */
  messages = 0;
  bytes = 0;
  /** Sockets that the server has closed. */
  closed = 0;
  onMessage: Listener = () => {};
  #waiting: { messages: number; resolve: () => void } | null = null;

  /** Resolves once every subscriber has its first message, if there is one. */
  static async open({
    url,
    readers,
    documents,
    first: awaited = true,
    onMessage,
  }: SubscribersOptions): Promise<Subscribers> {
    const subscribers = new Subscribers();
    if (onMessage) subscribers.onMessage = onMessage;
    for (let first = 0; first < readers; first += 100) {
      const count = Math.min(100, readers - first);
      const joining = Array.from({ length: count }, (_, index) => {
        return subscribers.#join(url, first + index, documents[(first + index) % documents.length] as Document);
      });
      await Promise.all(joining);
      if (awaited) await subscribers.received(first + count);
    }
    return subscribers;
  }

  /** Waits until this total of messages has been received. */
  received(messages: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { messages, resolve };
      this.#wake();
    });
  }

  cut(): void {
    for (const socket of this.sockets) socket.cut();
  }

  async #join(url: string, reader: number, { query, variables }: Document): Promise<void> {
    const subscribe = JSON.stringify({ type: 'subscribe', id: randomUUID(), payload: { query, variables } });
    let acknowledged = false;
    const text = (payload: Buffer) => {
      if (acknowledged) return this.#take(reader, payload);
      acknowledged = true;
      socket.send(subscribe);
    };
    const socket: FrameSocket = await FrameSocket.open(url, { text, closed: () => this.#lost() });
    this.sockets[reader] = socket;
    socket.send('{"type":"connection_init"}');
  }

  #take(reader: number, payload: Buffer): void {
    this.messages += 1;
    this.bytes += payload.length;
    this.onMessage(reader, payload);
    this.#wake();
  }

  #lost(): void {
    this.closed += 1;
  }

  #wake(): void {
    if (this.#waiting === null || this.messages < this.#waiting.messages) return;
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve();
  }
}
