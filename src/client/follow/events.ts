import { ClusterEventsDocument, type ClusterEventsSubscription } from '../../generated/client.js';
import type { Event } from '../api.js';
import { Follower, type Following, type Inbox, type Offered } from './follower.js';
import type { Socket } from './socket.js';

/** The next events of a log, in recorded order. */
export interface EventBatch {
  readonly events: readonly Event[];
  /** The place in the log behind them: `after` of a later call. */
  readonly cursor: string;
  /** Events after the cursor before had been erased: they are missing here. */
  readonly reset: boolean;
}

export interface EventsOptions {
  readonly clusterId: string;
  readonly stepId?: string;
  readonly successful?: boolean;
  /** A cursor to go on from. Without it, the log is read from its beginning. */
  readonly after?: string;
}

/** Yields a cluster's log: every event in order, none missed, none twice (W4), however slow the consumer. */
export function followEvents(socket: Socket, options: EventsOptions): Following<EventBatch> {
  const variables = { ...options };
  return new Follower(socket, ClusterEventsDocument, variables, new EventsInbox(variables));
}

/** Events held for a slow consumer, beyond which the log is let go and resumed from the cursor. */
const capacity = 1_000;

class EventsInbox implements Inbox<ClusterEventsSubscription, EventBatch> {
  readonly #variables: { after?: string };
  readonly #batches: EventBatch[] = [];
  #size = 0;

  constructor(variables: { after?: string }) {
    this.#variables = variables;
  }

  begin(): boolean {
    return false;
  }

  offer({ clusterEvents: batch }: ClusterEventsSubscription): Offered {
    this.#variables.after = batch.cursor;
    if (batch.events.length > 0 || batch.reset) this.#batches.push(batch);
    this.#size += batch.events.length;
    if (this.#size >= capacity) return 'full';
    return batch.more ? 'more' : 'newest';
  }

  take(): EventBatch | undefined {
    const batch = this.#batches.shift();
    this.#size -= batch?.events.length ?? 0;
    return batch;
  }
}
