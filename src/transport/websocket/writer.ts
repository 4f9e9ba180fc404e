import type { Socket } from 'node:net';
import { type FrameOptions, Sender, WebSocket } from 'ws';

/**
 * All that goes out on one socket, in the order in which it was written. `ws` frames it. The socket itself is given at
 * most `handed` bytes it has not taken; what is behind waits here, in frames. So a ping need not wait for the end of a
 * large message, and a reader that takes such a message slowly is seen to take it.
 *
 * W5: whoever has a message to send looks at `congested` right before: so what waits is no more than `congestion` and one
 * message, whatever it is, besides what is as short as a client's own messages, none of which is taken while it is congested.
 *
 * Invariant: while anything waits, a write is under way whose callback will call `#taken`. So whoever found `writable`
 * false will be called by `onDrain`, whatever it was that waited, unless the socket closes.
 */
export class Writer {
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #onDrain: () => void;
  readonly #waiting: Frame[] = [];
  #waitingBytes = 0;
  /** What the last ping asked for that could not be answered yet (RFC 6455, 5.5.3: the last alone may be answered). */
  #pong: Buffer | null = null;
  #stalledSince: number | null = null;

  /** `onDrain` is called when all that waited has been taken. */
  constructor(ws: WebSocket, socket: Socket, onDrain: () => void) {
    this.#ws = ws;
    this.#socket = socket;
    this.#onDrain = onDrain;
  }

  /** Bytes that the socket has not taken yet. */
  get pending(): number {
    return this.#socket.writableLength + this.#waitingBytes;
  }

  /** Whether nothing waits: one message may be written (W5). When it is false, `onDrain` will be called. */
  get writable(): boolean {
    return this.pending === 0;
  }

  /** Whether so much waits that nothing may be begun that would add to it. When it is true, `onDrain` will be called. */
  get congested(): boolean {
    return this.pending > congestion;
  }

  /** Milliseconds for which the socket has taken nothing of what waits, 0 when nothing does. By a steady clock. */
  stalledFor(now: number): number {
    return this.#stalledSince === null ? 0 : now - this.#stalledSince;
  }

  /** Sends a text. */
  text(text: string): void {
    this.message(Buffer.from(text), nothing, nothing);
  }

  /** Sends three parts as one text. They may be shared with other sockets: they are not changed, and the large ones not copied. */
  message(prefix: Buffer, body: Buffer, suffix: Buffer): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    const length = prefix.length + body.length + suffix.length;
    if (length <= largestCopy) this.#write([oneFrame(prefix, body, suffix, length)]);
    else this.#fragments(prefix, body, suffix);
    this.#watch();
  }

  /** Asks the peer for a sign of life, on the level of the websocket. */
  ping(): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#ws.ping(nothing, false, this.#taken);
    this.#watch();
  }

  /** Answers a ping of the websocket. */
  pong(payload: Buffer): void {
    // A view would keep all alive that came with it.
    this.#pong = Buffer.from(payload);
    this.#advance();
    this.#watch();
  }

  /** Sends a close frame. What waits behind what the socket was given is dropped. */
  close(code: number, reason: string): void {
    this.#drop();
    this.#ws.close(code, reason);
  }

  /** A large message in pieces (RFC 6455, 5.4), none of them a copy. */
  #fragments(prefix: Buffer, body: Buffer, suffix: Buffer): void {
    this.#write(Sender.frame(prefix, begin));
    for (let at = 0; at < body.length; at += handed) {
      this.#write(Sender.frame(body.subarray(at, at + handed), middle));
    }
    this.#write(Sender.frame(suffix, end));
  }

  #write(frame: Frame): void {
    if (this.#waiting.length === 0 && this.#socket.writableLength < handed) {
      this.#hand(frame);
    } else {
      this.#waiting.push(frame);
      this.#waitingBytes += sizeOf(frame);
    }
  }

  #hand([head, payload]: Frame): void {
    if (!payload) {
      this.#socket.write(head, this.#taken);
      return;
    }
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(payload, this.#taken);
    this.#socket.uncork();
  }

  /** Hands on what waits, as far as the socket may be given it. */
  #advance(): void {
    if (this.#ws.readyState !== WebSocket.OPEN) this.#drop();
    while (this.#socket.writableLength < handed) {
      if (this.#pong) {
        this.#ws.pong(this.#pong, false, this.#taken);
        this.#pong = null;
      }
      const frame = this.#waiting.shift();
      if (!frame) return;
      this.#waitingBytes -= sizeOf(frame);
      this.#hand(frame);
    }
  }

  readonly #taken = () => {
    this.#advance();
    if (this.pending > 0) {
      this.#stalledSince = performance.now();
    } else if (this.#stalledSince !== null) {
      this.#stalledSince = null;
      this.#onDrain();
    }
  };

  #watch(): void {
    if (this.#stalledSince === null && this.pending > 0) this.#stalledSince = performance.now();
  }

  #drop(): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#pong = null;
  }
}

/** Bytes. */
const congestion = 64 * 1024;
/** Bytes that a socket is given before it has taken them, and of a fragment's payload. */
const handed = 64 * 1024;
/** Messages up to this many bytes are copied into one frame. */
const largestCopy = 16 * 1024;

const nothing = Buffer.alloc(0);

const frame = { mask: false, rsv1: false, readOnly: true } as const;
const whole: FrameOptions = { ...frame, opcode: 1, fin: true };
const begin: FrameOptions = { ...frame, opcode: 1, fin: false };
const middle: FrameOptions = { ...frame, opcode: 0, fin: false };
const end: FrameOptions = { ...frame, opcode: 0, fin: true };

/** A header and its payload, or both in one. */
type Frame = readonly [head: Buffer, payload?: Buffer];

const sizeOf = ([head, payload]: Frame) => head.length + (payload?.length ?? 0);

/** Header and payload in one piece: written in two, small frames cost the server some 7 % more. */
function oneFrame(prefix: Buffer, body: Buffer, suffix: Buffer, length: number): Buffer {
  const [header] = Sender.frame(blank.subarray(0, length), whole);
  const bytes = Buffer.allocUnsafe(header.length + length);
  let at = header.copy(bytes);
  at += prefix.copy(bytes, at);
  at += body.copy(bytes, at);
  suffix.copy(bytes, at);
  return bytes;
}

/** Stands in for a payload whose header alone is wanted. */
const blank = Buffer.alloc(largestCopy);
