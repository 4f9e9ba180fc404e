import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * The connections of an HTTP server, and whether a request is under way on each. Node's own `closeIdleConnections` does
 * not know those on which no request has begun, and would let one of them hold the server open. A connection that is
 * upgraded is no longer one of these: whoever upgrades it closes it.
 */
export class Connections {
  /** The answer under way on a connection, null while there is none. */
  readonly #answers = new Map<Duplex, ServerResponse | null>();
  /** Those with a listener of ours: a connection whose upgrade is ignored begins anew. */
  readonly #known = new WeakSet<Duplex>();
  /** Set once idle connections are closed: every answer is then the last on its connection. */
  closing = false;

  /** Called before the server listens; there may be several. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      if (this.closing) return void socket.destroy();
      this.#answers.set(socket, null);
      if (this.#known.has(socket)) return;
      this.#known.add(socket);
      socket.once('close', () => this.#answers.delete(socket));
    });
    server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#answers.set(socket, response);
      response.once('close', () => this.#idle(socket, response));
    });
    server.prependListener('upgrade', (_: IncomingMessage, socket: Duplex) => {
      // Of a request before it that is not answered yet, the answer would come in the midst of the websocket.
      if (this.#answers.get(socket)) socket.destroy();
      this.#answers.delete(socket);
    });
  }

  /** Whether nothing of an answer has gone out on this connection since its last request, so that it may take another. */
  mayAnswer(socket: Duplex): boolean {
    return socket.writable && !this.#answers.get(socket)?.headersSent;
  }

  /** Called once no more are accepted: closes those on which no request is under way, now, and the others after their answer. */
  closeIdle(): void {
    this.closing = true;
    for (const [socket, answer] of this.#answers) if (answer === null) socket.destroy();
  }

  /** Cuts off the rest. */
  destroy(): void {
    for (const socket of this.#answers.keys()) socket.destroy();
  }

  /** A pipelined request may have begun before the answer to the one before it has ended. */
  #idle(socket: Duplex, response: ServerResponse): void {
    if (this.#answers.get(socket) !== response) return;
    this.#answers.set(socket, null);
    if (this.closing) socket.end(() => socket.destroy());
  }
}
