import type { EventInput } from '../../generated/client.js';
import { pause } from '../backoff.js';
import { StepcastError } from '../errors.js';

/** What waits to be told to the server: a call, or an event that may travel with others. In order, each until answered. */
export type Parcel = Call | Report;

export interface Call {
  readonly kind: 'call';
  /** Makes the call; must be safe to make again when its answer was lost. `retried`: it may have arrived before. */
  send(retried: boolean): Promise<void>;
}

export interface Report {
  readonly kind: 'report';
  /** Bytes it takes, in memory and in a request, nearly. */
  readonly size: number;
  /** The event, once the step's id is known; null when the server took no such step, and so nothing of it. */
  event(): EventInput | null;
}

export interface OutboxOptions {
  /** Sends events of one request. Rejects when none of them arrived for sure. */
  readonly sendEvents: (events: EventInput[]) => Promise<void>;
  /** A parcel was given up: the server refused it. */
  readonly onRefused: (error: Error) => void;
  /** Bytes of reports that may wait. */
  readonly limit: number;
}

const batch = { events: 200, bytes: 2 * 1024 * 1024 };
/** Attempts after which a call the server fails at (INTERNAL) is given up, so that those behind it get their turn. */
const mostAttempts = 5;

/**
 * E7: keeps what is reported until the server has it, in order, and lets nothing of it reach the reporter. Reports
 * beyond the limit are not taken. An outbox that waits for a server does not keep the process alive: `flush` does.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #parcels: Parcel[] = [];
  #size = 0;
  #working: Promise<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Parcels the server has not answered yet. */
  get pending(): number {
    return this.#parcels.length;
  }

  /** False: there is no room for it, and it was not taken. Calls are few, and always taken. */
  add(parcel: Parcel): boolean {
    const size = sizeOf(parcel);
    if (size > 0 && this.#size + size > this.#options.limit) return false;
    this.#parcels.push(parcel);
    this.#size += size;
    this.#working ??= this.#work();
    return true;
  }

  /** Resolves when all is delivered, or after so many milliseconds; says how many parcels are still here. */
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
    // Begins after the caller's turn, so that what it reports in one go travels in one request.
    await Promise.resolve();
    while (this.#parcels.length > 0) {
      const parcels = this.#next();
      await this.#deliver(parcels);
      this.#parcels.splice(0, parcels.length);
      for (const parcel of parcels) this.#size -= sizeOf(parcel);
    }
    this.#working = null;
  }

  /** The first parcel, and if it is a report, those right behind it that fit into one request. */
  #next(): Parcel[] {
    let bytes = 0;
    const end = this.#parcels.findIndex((parcel, index) => {
      bytes += sizeOf(parcel);
      return index > 0 && (parcel.kind === 'call' || index === batch.events || bytes > batch.bytes);
    });
    if (this.#parcels[0]?.kind === 'call') return this.#parcels.slice(0, 1);
    return this.#parcels.slice(0, end === -1 ? undefined : end);
  }

  async #deliver(parcels: readonly Parcel[]): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#send(parcels, failures > 0);
      } catch (error) {
        if (!mayPass(error, failures + 1)) return this.#options.onRefused(error as Error);
        await this.#sleep(pause(failures));
      }
    }
  }

  async #send(parcels: readonly Parcel[], retried: boolean): Promise<void> {
    const [first] = parcels;
    if (first?.kind === 'call') return first.send(retried);
    const events = parcels.flatMap((parcel) => (parcel.kind === 'report' ? (parcel.event() ?? []) : []));
    if (events.length > 0) await this.#options.sendEvents(events);
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

const sizeOf = (parcel: Parcel) => (parcel.kind === 'report' ? parcel.size : 0);

/** A missing or outdated token may be replaced; a fault of the server may be one of the moment. */
function mayPass(error: unknown, attempts: number): boolean {
  if (!(error instanceof StepcastError)) return false;
  if (error.code === 'INTERNAL') return attempts < mostAttempts;
  return error.retryable || error.code === 'UNAUTHENTICATED';
}
