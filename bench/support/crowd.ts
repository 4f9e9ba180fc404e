import { randomUUID } from 'node:crypto';
import { FrameSocket } from './frames.js';

export interface Document {
  readonly query: string;
  readonly variables: object;
}

export interface CrowdOptions {
  /** Of the websocket. */
  readonly url: string;
  readonly readers: number;
  /** What they follow: readers take these in turn. */
  readonly documents: readonly Document[];
  /** Called with each message's reader and payload; the payload is only good until it returns. */
  readonly onMessage?: Listener;
}

type Listener = (reader: number, payload: Buffer) => void;

/** Many readers, each with a socket and a subscription of its own. */
export class Crowd {
  readonly sockets: FrameSocket[] = [];
  /** Messages of subscriptions received by all of them, and their bytes. */
  messages = 0;
  bytes = 0;
  /** Sockets that the server has closed. */
  closed = 0;
  onMessage: Listener = () => {};
  #waiting: { messages: number; resolve: () => void } | null = null;

  /** Returns once every reader has its first message. */
  static async open({ url, readers, documents, onMessage }: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd();
    if (onMessage) crowd.onMessage = onMessage;
    for (let first = 0; first < readers; first += 100) {
      const count = Math.min(100, readers - first);
      const joining = Array.from({ length: count }, (_, index) => {
        return crowd.#join(url, first + index, documents[(first + index) % documents.length] as Document);
      });
      await Promise.all(joining);
      await crowd.received(first + count);
    }
    return crowd;
  }

  /** Waits until so many messages have been received in all. */
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
