import type { Command } from './command.js';
import { Fault, overLimit } from './errors.js';

/** A command whose caller waits. */
export interface Pending {
  readonly command: Command<unknown>;
  /** Mutations, or events, that it counts for in a transaction. */
  readonly weight: number;
  /** What it is traced back to. */
  readonly origin?: unknown;
  /** Of what the caller sent: the transport keeps that until it is answered. */
  readonly bytes: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface QueueLimits {
  /** Commands that may wait. */
  readonly waiting: number;
  /** Of the commands that are not answered yet, waiting or being written. */
  readonly bytes: number;
  /** The most that one batch weighs, and its bytes; a single command may exceed both. */
  readonly batch: number;
  readonly batchBytes: number;
  /** Milliseconds that a command may wait for its transaction to begin. */
  readonly timeoutMs: number;
}

/**
 * Commands that wait to be written, in order. Bounded by count, by bytes and by time, whatever the database does: beyond
 * them a caller is told to come again, by LIMIT_EXCEEDED or, after too long a time, UNAVAILABLE: nothing of its command is kept. `add` is called for each, `take` when there is
 * a connection to write on, and `answered` once a batch that was taken is done with.
 */
export class Queue {
  readonly #limits: QueueLimits;
  readonly #waiting: { readonly pending: Pending; readonly since: number }[] = [];
  #weight = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#waiting.length;
  }
  /** Of all that waits. */
  get weight(): number {
    return this.#weight;
  }
  /** Of all that is not answered yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws LIMIT_EXCEEDED, to be tried again, when there is no room. */
  add(pending: Pending): void {
    const { waiting, bytes } = this.#limits;
    if (this.#waiting.length >= waiting) throw tooMany(`fewer than ${waiting} mutations`);
    if (this.#bytes > 0 && this.#bytes + pending.bytes > bytes) throw tooMany(`at most ${bytes} bytes of mutations`);
    this.#weight += pending.weight;
    this.#bytes += pending.bytes;
    this.#waiting.push({ pending, since: performance.now() });
    this.#watch();
  }

  /** The next batch: at least one command, if any waits. */
  take(): Pending[] {
    let weight = 0;
    let bytes = 0;
    let size = 0;
    for (const { pending } of this.#waiting) {
      const fits = weight + pending.weight <= this.#limits.batch && bytes + pending.bytes <= this.#limits.batchBytes;
      if (size > 0 && !fits) break;
      weight += pending.weight;
      bytes += pending.bytes;
      size += 1;
    }
    return this.#remove(size);
  }

  answered(batch: readonly Pending[]): void {
    for (const { bytes } of batch) this.#bytes -= bytes;
  }

  #remove(size: number): Pending[] {
    const removed = this.#waiting.splice(0, size).map(({ pending }) => pending);
    for (const { weight } of removed) this.#weight -= weight;
    return removed;
  }

  /** One timer, for whichever has waited longest when it is set. */
  #watch(): void {
    const [oldest] = this.#waiting;
    if (this.#timer !== null || oldest === undefined) return;
    const left = oldest.since + this.#limits.timeoutMs - performance.now();
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, left));
    this.#timer.unref();
  }

  #expire(): void {
    this.#timer = null;
    const latest = performance.now() - this.#limits.timeoutMs;
    const kept = this.#waiting.findIndex(({ since }) => since > latest);
    const expired = this.#remove(kept === -1 ? this.#waiting.length : kept);
    this.answered(expired);
    const message = `the database has not come to this mutation within ${this.#limits.timeoutMs} ms: try again later`;
    for (const { reject } of expired) reject(new Fault('UNAVAILABLE', message));
    this.#watch();
  }
}

const tooMany = (expected: string) =>
  overLimit(`expected ${expected} to be waiting for the database, got more: try again later`);

/** About what a value takes in memory: its texts, and something for each value and key. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return overhead + Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return overhead;
  let bytes = overhead;
  for (const key in value) bytes += bytesOf(value[key as keyof typeof value]);
  return bytes;
}
const overhead = 16;
