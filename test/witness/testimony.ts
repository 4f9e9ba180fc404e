import { EventEmitter, once } from 'node:events';

/** A client of somebody else's making, that follows a cluster until its operation has ended and so many events are read. */
export interface Witness {
  readonly testimony: Testimony;
  /** The state it held at its end. Rejects when it gave up. */
  readonly ended: Promise<State>;
}

interface Entity {
  readonly id: string;
  readonly state: string;
}

/** A message of `clusterProgress`. */
export interface Progress {
  readonly revision: number;
  readonly cursor: string;
  readonly snapshot: boolean;
  readonly cluster: object;
  readonly operations: readonly Entity[];
  readonly steps: readonly Entity[];
}

/** A message of `clusterEvents`. */
export interface Batch {
  readonly cursor: string;
  readonly reset: boolean;
  readonly events: readonly { readonly id: string }[];
}

export type State = Pick<Progress, 'cluster' | 'operations' | 'steps'>;

/** What a witness has seen, in the order in which it saw it. */
export class Testimony {
  readonly progress: Progress[] = [];
  readonly batches: Batch[] = [];
  /** The close codes of the connections it lost. */
  readonly losses: number[] = [];
  readonly #news = new EventEmitter();

  get events() {
    return this.batches.flatMap(({ events }) => events);
  }

  takeProgress(message: Progress): void {
    this.progress.push(message);
  }

  takeBatch(message: Batch): void {
    this.batches.push(message);
    this.#news.emit('batch');
  }

  /** Resolves once it has read so many events. */
  async hasRead(events: number): Promise<void> {
    while (this.events.length < events) await once(this.#news, 'batch');
  }
}
