import type { Event, StepcastError } from 'stepcast/client';

/**
 * How reading on stands at one end. `more`: there is more. `loading`. `paused`: the search found nothing so far, and goes on
 * when the reader wants it. `failed`: the server could not be asked. `end`: there is nothing more; at the newest end, what
 * comes is put there as it comes.
 */
export type Edge = 'more' | 'loading' | 'paused' | 'failed' | 'end';

/** A stretch of a log as it is shown. */
export interface LogState {
  /** Oldest first. */
  readonly rows: readonly Event[];
  /** The number of the first row; a row keeps its number as long as it is held. */
  readonly base: number;
  /** Which stretch of the log this is: another number after it was opened elsewhere. */
  readonly stretch: number;
  readonly older: Edge;
  readonly newer: Edge;
  /** The time down to which a search has looked; null: it has found enough, or there was nothing to search for. */
  readonly searchedTo: string | null;
  /** Events that have come since the reader stopped following. */
  readonly unseen: number;
  /** Events were erased before they could be shown, or the database is another one now. */
  readonly wasReset: boolean;
  /** The log's cluster was deleted: nothing more comes. */
  readonly ended: boolean;
  readonly opened: boolean;
  /** Why it cannot be read at all, such as NOT_FOUND. */
  readonly fault: StepcastError | null;
}

/** Of a log that is not read yet. */
export const nothing: LogState = {
  rows: [],
  base: 0,
  stretch: 0,
  older: 'loading',
  newer: 'loading',
  searchedTo: null,
  unseen: 0,
  wasReset: false,
  ended: false,
  opened: false,
  fault: null,
};
