import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection to the server at `url` on which any bytes may be sent. Closed with the test. */
export class RawHttp {
  #received = Buffer.alloc(0);
  /** Everything received until the server closed the connection. */
  readonly ended: Promise<string>;

  private constructor(readonly socket: Socket) {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    this.ended = new Promise((resolve) => socket.once('close', () => resolve(this.#received.toString('latin1'))));
  }

  static async open(url: string): Promise<RawHttp> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    onTestFinished(() => void socket.destroy());
    return new RawHttp(socket);
  }

  send(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  /** The only response, once the server has closed the connection. */
  async answer(): Promise<RawAnswer> {
    const [head = '', ...rest] = (await this.ended).split('\r\n\r\n');
    const [first = '', ...lines] = head.split('\r\n');
    const headers = lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]);
    return {
      status: Number(first.split(' ')[1]),
      headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      body: rest.join('\r\n\r\n'),
    };
  }
}

/** Sends the lines of a request's head, with `connection: close`, and returns the response. */
export async function ask(url: string, lines: readonly string[], body: string | Buffer = ''): Promise<RawAnswer> {
  const raw = await RawHttp.open(url);
  const head = [...lines, 'connection: close', ...(body.length > 0 ? [`content-length: ${body.length}`] : [])];
  return raw
    .send(`${head.join('\r\n')}\r\n\r\n`)
    .send(body)
    .answer();
}
