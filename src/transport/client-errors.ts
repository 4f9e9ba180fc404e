import type { Duplex } from 'node:stream';
import type { Connections } from './connections.js';
import { rawAnswer } from './raw-answer.js';
import type { Refusal } from './refusal.js';

/** Milliseconds in which a refused client may read why, before its connection is cut. */
const farewellMs = 1_000;

/**
 * Answers what Node's parser could not read, or waited for in vain; then hangs up. It is the client's fault and not
 * worth a line in the log.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, connections: Connections): void {
  if (error.code === 'ECONNRESET' || !connections.mayAnswer(socket)) return void socket.destroy();
  socket.on('error', () => {});
  socket.end(rawAnswer(refusalOf(error)));
  // Left unread, what the client still sends would make TCP take the answer back.
  socket.resume();
  setTimeout(() => socket.destroy(), farewellMs).unref();
}

function refusalOf({ code }: NodeJS.ErrnoException): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { status: 431, code: 'LIMIT_EXCEEDED', message: 'expected headers of at most 16 KiB, got more' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, code: 'BAD_USER_INPUT', message: 'expected a whole request in time, got a part of it' };
  }
  return { status: 400, code: 'BAD_USER_INPUT', message: 'expected a request of HTTP/1.1, got none' };
}
