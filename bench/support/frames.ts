import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const opcodes = { more: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

/** The first byte of a text in one frame. */
const whole = 0x80 | opcodes.text;

export interface FrameListener {
  /** Called with each text frame's payload, which is valid only until it returns. */
  text(payload: Buffer): void;
  closed(code: number): void;
}

/**
 * A minimal websocket client: a complete one would spend more CPU time on a frame than the server that
 * sends it, and would itself be measured.
 */
export class FrameSocket {
  readonly socket: Socket;
  readonly #listener: FrameListener;
  #rest: Buffer;
  /** Fragments of a text. */
  #pieces: Buffer[] = [];

  private constructor(socket: Socket, rest: Buffer, listener: FrameListener) {
    this.socket = socket;
    this.#rest = rest;
    this.#listener = listener;
  }

  static async open(url: string, listener: FrameListener): Promise<FrameSocket> {
    const { hostname, port, pathname, host } = new URL(url);
    const socket = connect(Number(port), hostname).setNoDelay(true);
    await once(socket, 'connect');
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n` +
        `sec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
    );
    const frames = new FrameSocket(socket, await upgraded(socket), listener);
    socket.on('data', (chunk: Buffer) => frames.receive(chunk));
    socket.on('error', () => {});
    socket.once('close', () => listener.closed(1006));
    frames.receive(Buffer.alloc(0));
    socket.resume();
    return frames;
  }

  send(text: string): void {
    this.#write(opcodes.text, Buffer.from(text));
  }

  /** Closes the connection without a close frame, as a network failure would. */
  cut(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  receive(chunk: Buffer): void {
    const received = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (received.length - at >= 2) {
      const [head, length] = lengthsAt(received, at);
      if (received.length - at < head + length) break;
      this.#take(received[at] as number, received.subarray(at + head, at + head + length));
      at += head + length;
    }
    this.#rest = received.subarray(at);
  }

  #take(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    if (first === whole) this.#listener.text(payload);
    else if (opcode === opcodes.text || opcode === opcodes.more) this.#piece(payload, first >= 0x80);
    else if (opcode === opcodes.ping) this.#write(opcodes.pong, payload);
    else if (opcode === opcodes.close) this.#close(payload.length >= 2 ? payload.readUInt16BE() : 1005);
  }

  #piece(payload: Buffer, isLast: boolean): void {
    this.#pieces.push(isLast ? payload : Buffer.from(payload));
    if (isLast) this.#listener.text(Buffer.concat(this.#pieces.splice(0)));
  }

  #close(code: number): void {
    this.cut();
    this.#listener.closed(code);
  }

  /** Masked with zeros, which is valid to a server. */
  #write(opcode: number, payload: Buffer): void {
    const head = payload.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | Math.min(payload.length, 126);
    if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
    this.socket.write(Buffer.concat([head, payload]));
  }
}

/** The bytes of a frame's head, and of its payload. */
function lengthsAt(received: Buffer, at: number): [number, number] {
  const short = (received[at + 1] as number) & 0x7f;
  if (short < 126) return [2, short];
  const head = short === 126 ? 4 : 10;
  if (received.length - at < head) return [head, Number.POSITIVE_INFINITY];
  return [head, short === 126 ? received.readUInt16BE(at + 2) : Number(received.readBigUInt64BE(at + 2))];
}

/** Waits for the answer to the upgrade, and returns what came after it. Leaves the socket paused. */
async function upgraded(socket: Socket): Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0);
  while (!received.includes('\r\n\r\n')) {
    socket.resume();
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    received = Buffer.concat([received, chunk]);
  }
  const answer = received.toString('latin1');
  if (!answer.startsWith('HTTP/1.1 101')) throw new Error(`expected a websocket, got ${answer.slice(0, 500)}`);
  return received.subarray(received.indexOf('\r\n\r\n') + 4);
}
