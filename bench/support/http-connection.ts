import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * One keep-alive connection that posts GraphQL and waits for the response. A third of the work of a complete HTTP client:
 * the clients share the CPU with the server they load.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #head: string;
  #received: Buffer = Buffer.alloc(0);
  #expected = 0;
  #answered: ((body: string) => void) | null = null;
  #failed: (error: Error) => void = () => {};

  private constructor(socket: Socket, url: URL) {
    this.#socket = socket.setNoDelay(true);
    const credentials = url.hash ? `authorization: Bearer ${url.hash.slice(1)}\r\n` : '';
    this.#head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n${credentials}content-type: application/json\r\ncontent-length: `;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error(`expected an answer from ${url}, the connection was closed`)));
  }

  /** What follows `#` in the address is sent as bearer token. */
  static async open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new HttpConnection(socket, new URL(url));
  }

  /** Posts a JSON text and returns the body of the answer, whatever its status. One at a time. */
  post(json: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(`${this.#head}${Buffer.byteLength(json)}\r\n\r\n${json}`);
    });
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #receive(chunk: Buffer) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    if (this.#expected === 0) this.#expected = endOf(this.#received);
    if (this.#expected === 0 || this.#received.length < this.#expected) return;
    const body = this.#received.toString('utf8', this.#received.indexOf(gap) + gap.length, this.#expected);
    this.#received = Buffer.alloc(0);
    this.#expected = 0;
    this.#answered?.(body);
  }
}

const gap = '\r\n\r\n';

/** How many bytes the answer has, its head included; 0 while the head is not all there. */
function endOf(received: Buffer): number {
  const end = received.indexOf(gap);
  if (end === -1) return 0;
  const length = /content-length: *(\d+)/i.exec(received.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('expected an answer with a content-length, got one without');
  return end + gap.length + Number(length);
}
