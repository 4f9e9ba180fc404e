import { ClusterEventsDocument, type ClusterEventsSubscription } from '../../generated/client.js';
import type { Event } from '../api.js';
import { Follower } from './follower.js';
import type { Following } from './following.js';
import type { Inbox, Offered } from './inbox.js';
import type { Socket } from './socket.js';

/** The next events of a log, in recorded order. */
export interface EventBatch {
  readonly events: readonly Event[];
  /** The position in the log after these events: pass it as `after` to resume. */
  readonly cursor: string;
  /** Events after the previous cursor were erased before they could be sent: they are missing here. */
  readonly reset: boolean;
}

export interface EventsOptions {
  readonly clusterId: string;
  readonly stepId?: string;
  readonly successful?: boolean;
  /** The cursor to resume from. Without it and `last`, the log is read from its beginning. */
  readonly after?: string;
  /** Begins with the newest so many events, 0 to 500. */
  readonly last?: number;
}

/** Yields a cluster's log: every event in order, each once (W4), however slow the consumer. */
export function followEvents(socket: Socket, options: EventsOptions): Following<EventBatch> {
  const variables = { ...options };
  return new Follower(socket, ClusterEventsDocument, variables, new EventsInbox(variables));
}

/** Events held for a slow consumer; at this number the subscription is ended, to be resumed from the cursor. */
const capacity = 1_000;

/** A bounded queue of batches. Keeps `variables.after` at the cursor of the last batch received. */
class EventsInbox implements Inbox<ClusterEventsSubscription, EventBatch> {
  readonly #variables: { after?: string; last?: number };
  readonly #batches: EventBatch[] = [];
  #size = 0;

  constructor(variables: { after?: string; last?: number }) {
    this.#variables = variables;
  }

  offer({ clusterEvents: batch }: ClusterEventsSubscription): Offered {
    this.#variables.after = batch.cursor;
    delete this.#variables.last;
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
