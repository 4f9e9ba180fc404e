import { ClusterProgressDocument, type ClusterProgressSubscription } from '../../generated/client.js';
import type { Cluster, Operation, Step } from '../api.js';
import { Follower } from './follower.js';
import type { Following } from './following.js';
import type { Inbox, Offered } from './inbox.js';
import type { Socket } from './socket.js';

/** A cluster's state at `revision`. Operations oldest first; steps by operation, then position. */
export interface Progress {
  readonly revision: number;
  /** Pass it as `after` to resume from this state. */
  readonly cursor: string;
  readonly cluster: Cluster;
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
  /** The server's time when it sent this. */
  readonly serverTime: string;
}

export interface ProgressOptions {
  readonly clusterId: string;
  /** The `cursor` of a state already known: then only what changed since is yielded, unless the server sends a snapshot. */
  readonly after?: string;
}

/** Yields a cluster's state, then every newer one (W1). A slow consumer gets fewer, later states. */
export function followProgress(socket: Socket, { clusterId, after }: ProgressOptions): Following<Progress> {
  const variables: Variables = { clusterId, estimates: true, ...(after !== undefined && { after }) };
  return new Follower(socket, ClusterProgressDocument, variables, new ProgressInbox(variables));
}

interface Variables {
  clusterId: string;
  estimates: boolean;
  after?: string;
}

/** Merges messages by id as they arrive, so that it holds one state, however slow the consumer. */
class ProgressInbox implements Inbox<ClusterProgressSubscription, Progress> {
  readonly #variables: Variables;
  readonly #operations = new Map<string, Operation>();
  readonly #steps = new Map<string, Step>();
  #revision = 0;
  #news: Pick<Progress, 'revision' | 'cursor' | 'cluster' | 'serverTime'> | null = null;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  offer({ clusterProgress }: ClusterProgressSubscription): Offered {
    const { revision, cursor, snapshot, cluster, operations, steps, serverTime } = clusterProgress;
    // W2: nothing is repeated, not even across a reconnect.
    if (!snapshot && revision <= this.#revision) return 'newest';
    if (snapshot) this.#clear();
    for (const operation of operations) this.#operations.set(operation.id, operation);
    for (const step of steps) this.#steps.set(step.id, step);
    this.#variables.after = cursor;
    this.#revision = revision;
    this.#news = { revision, cursor, cluster, serverTime };
    return 'newest';
  }

  take(): Progress | undefined {
    if (!this.#news) return undefined;
    const progress = { ...this.#news, operations: [...this.#operations.values()], steps: [...this.#steps.values()] };
    this.#news = null;
    return progress;
  }

  #clear() {
    this.#operations.clear();
    this.#steps.clear();
  }
}
