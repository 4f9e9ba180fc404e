import type { EventInput } from '../../generated/client.js';
import { StepcastError } from '../errors.js';
import { pause, repetition } from '../retry.js';
import type { Outage } from './outage.js';

/** What waits to be sent: a call, or an event that may be sent together with others. In order, each until answered. */
export type Entry = Call | Report;

export interface Call {
  readonly kind: 'call';
  /** Makes the call; must be safe to repeat when its response was lost. Rejects with Postponed when it is not its time yet. */
  send(): Promise<void>;
}

export interface Report {
  readonly kind: 'report';
  /** Approximate bytes, in memory and in a request. */
  readonly size: number;
  /** The event, once the step's id is known; null when the server has no such step, so that nothing is sent. */
  event(): EventInput | null;
  /** It was given up, and why: called once, before `onRefused`. */
  givenUp(error: Error): void;
}

/** A call has to be made again: what it needs is not there yet. */
export class Postponed extends Error {}

export interface OutboxOptions {
  /** Sends events in one request. Resolves with why each was refused; null: it was not. Rejects when it is not known that they arrived. */
  readonly sendEvents: (events: EventInput[]) => Promise<readonly (Error | null)[]>;
  /** Something was given up: the server refused it, or failed at it repeatedly. */
  readonly onRefused: (error: Error) => void;
  /** Something is waiting (true), or nothing is any more (false). */
  readonly onWaiting?: (isWaiting: boolean) => void;
  /** Bytes of reports that may wait. */
  readonly limit: number;
  readonly outage: Outage;
  /** Milliseconds to wait after this number of consecutive failures, the last of which is given; `pause` by default. */
  readonly pause?: (failures: number, error: unknown) => number;
}

const batch = { events: 200, bytes: 2 * 1024 * 1024 };
/**
 * How often the server may fail at a request. A request of several reports is then split in halves, until the report that it
 * fails at is alone. A single entry is then given up, after most of a minute, so that it does not block those behind it.
 */
const mostFaults = { several: 3, alone: 10 };
/** A call that is postponed is made again after a few seconds at most. */
const mostPostponements = 4;

/**
 * E7: keeps what is reported until the server has acknowledged it, in order. Invariant: one request is in progress at a
 * time (`#working`), made of the first entries; they are removed once answered or given up. Never throws into the reporter.
 * Reports beyond the limit are refused (`add` returns false). Waiting for a server does not keep the process alive; `flush` does.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries: Entry[] = [];
  #size = 0;
  #working: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Entries that the server has not answered yet. */
  get pending(): number {
    return this.#entries.length;
  }

  /** False: there is no room for it, and it was not taken. Calls are few, and always taken. */
  add(entry: Entry): boolean {
    const size = sizeOf(entry);
    if (size > 0 && this.#size + size > this.#options.limit) {
      this.#options.outage.dropped();
      return false;
    }
    this.#entries.push(entry);
    this.#size += size;
    this.#working ??= this.#work();
    return true;
  }

  /** Resolves when all is delivered, or after so many milliseconds; says how many entries are still here. */
  async flush(deadline: number): Promise<number> {
    this.#wake?.();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadline);
    });
    await Promise.race([this.#working, late]);
    clearTimeout(timer);
    return this.pending;
  }

  async #work(): Promise<void> {
    this.#options.onWaiting?.(true);
    // Begins after the caller's turn, so that what it reports in one go travels in one request.
    await Promise.resolve();
    while (this.#entries.length > 0) {
      const entries = this.#next();
      await this.#deliver(entries);
      this.#entries.splice(0, entries.length);
      for (const entry of entries) this.#size -= sizeOf(entry);
    }
    this.#working = null;
    this.#options.onWaiting?.(false);
  }

  /** The first entry, and if it is a report, those right behind it that fit into one request. */
  #next(): Entry[] {
    let bytes = 0;
    const end = this.#entries.findIndex((entry, index) => {
      bytes += sizeOf(entry);
      return index > 0 && (entry.kind === 'call' || index === batch.events || bytes > batch.bytes);
    });
    if (this.#entries[0]?.kind === 'call') return this.#entries.slice(0, 1);
    return this.#entries.slice(0, end === -1 ? undefined : end);
  }

  /** Returns when all are delivered or given up. */
  async #deliver(entries: readonly Entry[]): Promise<void> {
    const error = await this.#attempt(entries);
    if (!error) return;
    if (entries.length > 1 && !concernsCaller(error)) {
      const half = Math.ceil(entries.length / 2);
      await this.#deliver(entries.slice(0, half));
      return this.#deliver(entries.slice(half));
    }
    for (const entry of entries) if (entry.kind === 'report') entry.givenUp(error);
    this.#options.onRefused(error);
  }

  /** Sends one request until it is answered. Returns the error if repeating the request would not help. */
  async #attempt(entries: readonly Entry[]): Promise<Error | null> {
    const { outage, pause: pauseAfter = pause } = this.#options;
    const most = entries.length > 1 ? mostFaults.several : mostFaults.alone;
    let [faults, postponements] = [0, 0];
    for (let failures = 0; ; failures++) {
      const moment = outage.moment();
      try {
        await this.#send(entries);
        outage.ended(this.pending);
        return null;
      } catch (error) {
        const repeats = repetition(error);
        if (repeats === 'unlimited') outage.failed(moment, error as Error);
        else outage.ended(this.pending);
        if (error instanceof Postponed) {
          failures = Math.min(postponements++, mostPostponements);
        } else if (repeats === 'none' || (repeats === 'limited' && ++faults >= most)) {
          return error as Error;
        }
        await this.#sleep(pauseAfter(failures, error));
      }
    }
  }

  async #send(entries: readonly Entry[]): Promise<void> {
    const [first] = entries;
    if (first?.kind === 'call') return first.send();
    const reports = entries.flatMap((entry) => {
      const event = entry.kind === 'report' ? entry.event() : null;
      return event ? [{ entry: entry as Report, event }] : [];
    });
    if (reports.length === 0) return;
    const refusals = await this.#options.sendEvents(reports.map(({ event }) => event));
    for (const [index, { entry }] of reports.entries()) {
      const refusal = refusals[index];
      if (!refusal) continue;
      entry.givenUp(refusal);
      this.#options.onRefused(refusal);
    }
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      if (typeof timer === 'object') timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const sizeOf = (entry: Entry) => (entry.kind === 'report' ? entry.size : 0);

/** Whatever the request had held, it would have been refused. */
const concernsCaller = (error: unknown) => error instanceof StepcastError && error.code === 'FORBIDDEN';
