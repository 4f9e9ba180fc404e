import { Fault } from '../domain/errors.js';
import type { Shares } from '../domain/shares.js';
import { readLimits as limits } from './limits/limits.js';

/** The connections that readers share, and whose share is used. */
export interface Share {
  readonly connections: Shares;
  readonly holder: string;
}

/**
 * What one request reads and answers. Every statement of its resolvers goes through here: a few at a time, and none
 * once its caller has gone. Rows and texts are counted; beyond the limits a field fails with LIMIT_EXCEEDED.
 */
export class Reads {
  readonly #signal: AbortSignal | undefined;
  readonly #share: Share | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #rows = 0;
  #read = 0;
  #answered = 0;
  /** The reading of texts that was last begun: one knows what it may read only when the one before it has ended. */
  #lastTexts: Promise<unknown> = Promise.resolve();

  constructor(signal?: AbortSignal, share?: Share) {
    this.#signal = signal;
    this.#share = share;
  }

  /** Makes one statement. */
  async run<T>(statement: () => Promise<T>): Promise<T> {
    this.#expectCaller();
    if (this.#running < limits.statements) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#withConnection(() => {
        this.#expectCaller();
        return statement();
      });
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  /** The same for one that reads rows, of which there may be so many more. */
  async rows<T>(statement: (most: number) => Promise<T>, count: (result: T) => number): Promise<T> {
    const result = await this.run(() => {
      if (this.#rows > limits.rows) throw tooManyRows();
      // One more, to know whether there are more.
      return statement(limits.rows - this.#rows + 1);
    });
    this.#rows += count(result);
    if (this.#rows > limits.rows) throw tooManyRows();
    return result;
  }

  /** The same for one that reads texts, and says how many bytes of them: it may read so many more. One at a time. */
  texts<T>(statement: (most: number) => Promise<T>, count: (result: T) => number): Promise<T> {
    const reading = this.#lastTexts.then(async () => {
      if (this.#read >= limits.readBytes) throw tooMuchText();
      const result = await this.run(() => statement(limits.readBytes - this.#read));
      this.#read += count(result);
      return result;
    });
    this.#lastTexts = reading.catch(() => {});
    return reading;
  }

  /** Counts a text that is answered; it is given back. */
  answer(text: string | null): string | null {
    if (text === null) return null;
    this.#answered += Buffer.byteLength(text);
    if (this.#answered <= limits.answeredBytes) return text;
    throw tooMuch(
      `at most ${limits.answeredBytes} bytes of texts (eventInfo, statusDescription) in an answer`,
      'ask for fewer at a time',
    );
  }

  #withConnection<T>(work: () => Promise<T>): Promise<T> {
    return this.#share ? this.#share.connections.run(this.#share.holder, work) : work();
  }

  #expectCaller(): void {
    // The response cannot be delivered, so nobody receives this error.
    if (this.#signal?.aborted)
      throw new Fault('UNAVAILABLE', 'expected the caller to wait for the answer, but it left');
  }
}

const tooMuch = (expected: string, instead: string) =>
  new Fault('LIMIT_EXCEEDED', `expected ${expected} for one request, got more: ${instead}`);

const tooManyRows = () =>
  tooMuch(`to read at most ${limits.rows} rows`, 'ask for fewer clusters, or for their operations by page');

export const tooMuchText = () =>
  tooMuch(
    `to read at most ${limits.readBytes} bytes of eventInfo`,
    'ask for fewer events at a time, or without eventInfo',
  );
