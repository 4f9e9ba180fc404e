import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Port, Reader } from '../fanout/group.js';

/**
 * One reader's socket, as the fan-out writes to it: frames whose greater part is shared with other sockets, no more than
 * one waiting (W5). Other messages go through `ws`; both write whole frames to the same socket, so they do not mix.
 */
export class Wire {
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #lines = new Set<Line>();
  /** Of subscriptions that are being opened, by the id under which they will be. */
  readonly #claims = new Map<string, object>();
  /** Somebody was told that this wire is not ready. */
  #missed = false;
  #stalledSince: number | null = null;

  constructor(ws: WebSocket, socket: Socket) {
    this.#ws = ws;
    this.#socket = socket;
  }

  /** Milliseconds for which the socket has taken nothing of what waits, 0 when nothing does. */
  stalledFor(now: number): number {
    return this.#stalledSince === null ? 0 : now - this.#stalledSince;
  }

  get ready(): boolean {
    const ready = this.#socket.writableLength === 0;
    if (!ready) this.#missed = true;
    return ready;
  }

  /** Ends whatever claim there is on an id: it is asked for anew. */
  unclaim(id: string): void {
    this.#claims.delete(id);
  }

  /** To be called when a subscription is asked for. */
  claim(id: string): object {
    const claim = {};
    this.#claims.set(id, claim);
    return claim;
  }

  /** Ends a claim. False when its reader has meanwhile left and asked for something else by the same id. */
  settle(id: string, claim: object): boolean {
    return this.#claims.get(id) === claim && this.#claims.delete(id);
  }

  open(id: string): Line {
    const line = new Line(this, id);
    this.#lines.add(line);
    return line;
  }

  forget(line: Line): void {
    this.#lines.delete(line);
  }

  /** To be called when the socket is closed: nothing may go on reading for it. */
  close(): void {
    for (const line of this.#lines) line.complete();
  }

  /** Sends `prefix`, `body` and a closing brace as one text frame. */
  send(prefix: Buffer, body: Buffer): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    const length = prefix.length + body.length + 1;
    if (length > largestCopy) this.#sendParts(prefix, body, length);
    else this.#socket.write(frame(prefix, body, length), this.#flushed);
    if (this.#socket.writableLength > 0) this.#stalledSince ??= Date.now();
  }

  #sendParts(prefix: Buffer, body: Buffer, length: number): void {
    this.#socket.cork();
    this.#socket.write(Buffer.concat([header(length), prefix]));
    this.#socket.write(body);
    this.#socket.write(closing, this.#flushed);
    this.#socket.uncork();
  }

  #flushed = () => {
    if (this.#socket.writableLength > 0) {
      this.#stalledSince = Date.now();
      return;
    }
    this.#stalledSince = null;
    if (!this.#missed) return;
    this.#missed = false;
    for (const line of this.#lines) line.wake();
  };
}

/** Frames up to this many bytes are copied into one piece; of larger ones the shared part is written as it is. */
const largestCopy = 16 * 1024;
const closing = Buffer.from('}');

function frame(prefix: Buffer, body: Buffer, length: number): Buffer {
  const head = headerLength(length);
  const bytes = Buffer.allocUnsafe(head + length);
  writeHeader(bytes, length);
  prefix.copy(bytes, head);
  body.copy(bytes, head + prefix.length);
  bytes[head + length - 1] = 0x7d;
  return bytes;
}

function header(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerLength(length));
  writeHeader(bytes, length);
  return bytes;
}

const headerLength = (length: number) => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

/** RFC 6455, 5.2: a final text frame, unmasked as a server's are. */
function writeHeader(bytes: Buffer, length: number): void {
  bytes[0] = 0x81;
  if (length < 126) {
    bytes[1] = length;
  } else if (length < 65_536) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
}

/**
 * One subscription on a wire. To graphql-ws it is a source that yields nothing, for messages pass it by, and that ends
 * when the stream does; its `return` is immediate.
 */
export class Line implements Port, AsyncGenerator<never, void, void> {
  readonly #wire: Wire;
  readonly #prefix: Buffer;
  #reader: Reader | null = null;
  #release: (() => void) | null = null;
  #end: ((result: IteratorResult<never, void>) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;
  readonly #ended: Promise<IteratorResult<never, void>>;

  constructor(wire: Wire, id: string) {
    this.#wire = wire;
    this.#prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#reject = reject;
    });
    this.#ended.catch(() => {});
  }

  /** Begins to read. */
  start(join: (port: Port) => Reader, release: () => void): this {
    this.#release = release;
    this.#reader = join(this);
    return this;
  }

  get ready(): boolean {
    return this.#wire.ready;
  }
  send(body: Buffer): void {
    this.#wire.send(this.#prefix, body);
  }
  complete(): void {
    this.#close();
    this.#end?.(done);
  }
  fail(error: unknown): void {
    this.#close();
    this.#reject?.(error);
  }
  wake(): void {
    this.#reader?.wake();
  }

  next() {
    return this.#ended;
  }
  async return() {
    this.complete();
    return done;
  }
  async throw(error: unknown): Promise<never> {
    this.fail(error);
    throw error;
  }
  [Symbol.asyncIterator]() {
    return this;
  }
  async [Symbol.asyncDispose]() {
    this.complete();
  }

  #close(): void {
    this.#wire.forget(this);
    this.#reader?.close();
    this.#release?.();
  }
}

const done = { value: undefined, done: true } as const;
