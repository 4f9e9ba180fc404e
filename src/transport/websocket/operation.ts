import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { MessageType } from 'graphql-ws';
import type { Sink, Subscription } from '../../fanout/group.js';
import type { Source } from '../../graphql/follow.js';
import type { Writer } from './writer.js';

export interface OperationHost {
  readonly writer: Writer;
  readonly present: (error: unknown) => GraphQLFormattedError;
  /** Called once: the id is free again, for nothing more is sent. */
  readonly onOver: () => void;
  /** Called once: nothing is done for it any more. Never before `onOver`. */
  readonly onIdle: () => void;
}

/**
 * One operation, and the reader's end of the stream when it is a subscription. It is over when its last message was
 * sent or its client left; from then on it sends nothing. It is idle when, besides, no work for it is under way.
 */
export class Operation implements Sink {
  readonly #id: string;
  readonly #host: OperationHost;
  #over = false;
  #working = false;
  #abort: AbortController | null = null;
  #source: Source | null = null;
  #subscription: Subscription | null = null;
  #prefix: Buffer | null = null;
  /** Whether the stream was told that it must wait. */
  #waiting = false;

  constructor(id: string, host: OperationHost) {
    this.#id = id;
    this.#host = host;
  }

  /** Does its work, at the end of which it is answered or joined to a stream. The signal is aborted when its client has left. */
  async run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#working = true;
    this.#abort = new AbortController();
    try {
      await work(this.#abort.signal);
    } catch (error) {
      this.fail(error);
    }
    this.#abort = null;
    this.#working = false;
    if (this.#over) this.#host.onIdle();
  }

  /** Begins to read a stream; lets go of it at once when its client has left meanwhile. */
  join(source: Source): void {
    if (this.#over) {
      source.release();
      return;
    }
    this.#source = source;
    this.#prefix = this.#before();
    const subscription = source.join(this);
    // A stream may end while it is joined.
    if (this.#over) subscription.close();
    else this.#subscription = subscription;
  }

  /** The result of a query or a mutation. */
  answer(result: ExecutionResult): void {
    if (this.#over) return;
    const errors = result.errors?.map(this.#host.present);
    this.#host.writer.message(
      this.#before(),
      Buffer.from(JSON.stringify(errors ? { ...result, errors } : result)),
      after,
    );
    this.complete();
  }

  /** Ends it with errors: its last message. */
  refuse(errors: readonly unknown[]): void {
    if (this.#over) return;
    this.#end();
    this.#send(MessageType.Error, errors.map(this.#host.present));
  }

  fail(error: unknown): void {
    this.refuse([error]);
  }

  complete(): void {
    if (this.#over) return;
    this.#end();
    this.#send(MessageType.Complete);
  }

  /** Its client has left: work for it is aborted. */
  leave(): void {
    if (!this.#over) this.#end();
  }

  get ready(): boolean {
    const ready = this.#host.writer.writable;
    if (!ready) this.#waiting = true;
    return ready;
  }

  /** A message of the stream, as JSON. Others of the socket may have been sent since it was ready (W5). */
  send(body: Buffer): boolean {
    if (this.#over || !this.#prefix) return true;
    this.#waiting = this.#host.writer.congested;
    if (!this.#waiting) this.#host.writer.message(this.#prefix, body, after);
    return !this.#waiting;
  }

  /** To be called when the socket has taken all that waited. */
  wake(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#subscription?.wake();
  }

  #end(): void {
    this.#over = true;
    this.#abort?.abort();
    this.#subscription?.close();
    this.#source?.release();
    this.#host.onOver();
    if (!this.#working) this.#host.onIdle();
  }

  #send(type: MessageType, payload?: object): void {
    this.#host.writer.text(JSON.stringify({ id: this.#id, type, payload }));
  }

  #before(): Buffer {
    return Buffer.from(`{"id":${JSON.stringify(this.#id)},"type":"next","payload":`);
  }
}

const after = Buffer.from('}');
