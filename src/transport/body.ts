import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../auth/caller.js';
import { shown } from '../domain/shown.js';
import { inTurn } from '../domain/turns.js';
import { checkJson } from './json.js';
import { type Refusal, RefusedError } from './refusal.js';

export interface BodyLimits {
  /** Bytes of one body, of a caller who may report, and of any other. */
  readonly reporter: number;
  readonly reader: number;
  /** Bytes of all bodies together, from their first byte until their request is answered. */
  readonly sum: number;
}

/** 1000 events, most of them failures with a traceback; a document with its variables; and eight of the large ones at a time. */
export const bodyLimits: BodyLimits = { reporter: 8 * 1024 * 1024, reader: 1024 * 1024, sum: 64 * 1024 * 1024 };

/**
 * Reads the JSON bodies of requests. What they hold is weighed in sum, as it arrives: many callers that each stay below
 * the limit of one body, and never finish it or wait for a slow database, do not fill the memory.
 */
export class Bodies {
  readonly #limits: BodyLimits;
  #held = 0;

  constructor(limits = bodyLimits) {
    this.#limits = limits;
  }

  /** The value, or a RefusedError. `response` says when its request is over. */
  async read(request: IncomingMessage, response: ServerResponse, { roles }: Caller): Promise<unknown> {
    const most = roles.includes('REPORTER') ? this.#limits.reporter : this.#limits.reader;
    const refusal = refuseUnread(request, most);
    if (refusal) throw new RefusedError(refusal);
    const bytes = await this.#collect(request, response, most);
    return inTurn(() => parse(bytes));
  }

  async #collect(request: IncomingMessage, response: ServerResponse, most: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    const release = () => {
      this.#held -= size;
      size = 0;
    };
    response.once('close', release);
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > most) throw new RefusedError(tooLarge(most));
        if (this.#held > this.#limits.sum) throw new RefusedError(busy);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      release();
      throw error instanceof RefusedError ? error : new RefusedError(brokenOff);
    } finally {
      if (response.closed) release();
    }
  }
}

function refuseUnread({ headers }: IncomingMessage, most: number): Refusal | null {
  const { 'content-length': length, 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  if (encoding.toLowerCase() !== 'identity') {
    return unsupported(`expected a body without content-encoding, got ${shown(encoding)}`);
  }
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) return unsupported(`expected a body in UTF-8, got one in ${shown(charset)}`);
  return Number(length ?? 0) > most ? tooLarge(most, length) : null;
}

function parse(bytes: Buffer): unknown {
  const text = decode(bytes);
  if (text.trim() === '') throw new RefusedError(invalid('expected a body of JSON, got none'));
  const refusal = checkJson(text);
  if (refusal) throw new RefusedError(refusal);
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedError(invalid('expected the body to be JSON, got text that is none'));
  }
}

/** Without a byte order mark, should there be one. A strict TextDecoder takes a tenth of a second for the largest body. */
function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RefusedError(invalid('expected the body to be UTF-8, got other bytes'));
  return bytes.toString('utf8', bytes.subarray(0, mark.length).equals(mark) ? mark.length : 0);
}
const mark = Buffer.from('\uFEFF');

const invalid = (message: string): Refusal => ({ status: 400, code: 'BAD_USER_INPUT', message });

const unsupported = (message: string): Refusal => ({ status: 415, code: 'BAD_USER_INPUT', message });

const tooLarge = (limit: number, length = 'more'): Refusal => ({
  status: 413,
  code: 'LIMIT_EXCEEDED',
  message: `expected a body of at most ${limit} bytes, got ${length}`,
});

/** Nothing of it was kept, so the same may be sent again: a reporter must not give it up. */
const busy: Refusal = {
  status: 429,
  code: 'LIMIT_EXCEEDED',
  message:
    'expected fewer request bodies at the same time: the server holds as many bytes of them as it may, try again',
  retryAfterSeconds: 1,
};

/** Its client is gone and does not receive it. */
const brokenOff: Refusal = invalid('expected the whole body, got a part of it');
