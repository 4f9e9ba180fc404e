import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export interface Message {
  readonly type: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the document asked for
  readonly payload?: any;
}

/** A client of graphql-transport-ws that can violate the protocol. Closed with the test. */
export class Raw {
  /** Everything received. */
  readonly messages: Message[] = [];
  /** The code that the socket was closed with. */
  readonly closed: Promise<number>;
  #onMessage = () => {};

  private constructor(
    readonly ws: WebSocket,
    /** The TCP socket. */
    readonly socket: Socket,
  ) {
    this.closed = new Promise((resolve) => ws.once('close', resolve));
    ws.on('error', () => {});
    ws.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      this.#onMessage();
    });
  }

  /** A socket before `connection_init`. */
  static async connect(url: string, protocols: string[] = ['graphql-transport-ws']): Promise<Raw> {
    const ws = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocols);
    const [[response]] = (await Promise.all([once(ws, 'upgrade'), once(ws, 'open')])) as [[IncomingMessage], unknown];
    const raw = new Raw(ws, response.socket);
    onTestFinished(() => ws.terminate());
    return raw;
  }

  /** A socket after `connection_ack`. */
  static async open(url: string, authorization?: string): Promise<Raw> {
    const raw = await Raw.connect(url);
    await raw.init(authorization);
    return raw;
  }

  async init(authorization?: string): Promise<void> {
    this.send({ type: 'connection_init', ...(authorization && { payload: { authorization } }) });
    await this.find(({ type }) => type === 'connection_ack');
  }

  /** A message, or any text. */
  send(message: Message | string): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: 'subscribe', payload: { query: String(query), variables } });
  }

  /** The first message that meets the condition, received already or later. Throws when the socket is closed before. */
  async find(isWanted: (message: Message) => boolean): Promise<Message> {
    for (let at = 0; ; ) {
      for (; at < this.messages.length; at++) {
        const message = this.messages[at] as Message;
        if (isWanted(message)) return message;
      }
      const news = new Promise<null>((resolve) => {
        this.#onMessage = () => resolve(null);
      });
      const code = await Promise.race([news, this.closed]);
      if (code !== null && at === this.messages.length)
        throw new Error(`expected a message, got the socket closed: ${code}`);
    }
  }
}
