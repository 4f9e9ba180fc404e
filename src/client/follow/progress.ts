import { ClusterProgressDocument, type ClusterProgressSubscription } from '../../generated/client.js';
import type { Cluster, Operation, Step } from '../api.js';
import { Follower, type Following, type Inbox, type Offered } from './follower.js';
import type { Socket } from './socket.js';

/** A cluster as it stands at `revision`. Operations oldest first; steps by operation, then position. */
export interface Progress {
  readonly revision: number;
  readonly cluster: Cluster;
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
}

export interface ProgressOptions {
  readonly clusterId: string;
  /** The `revision` of a state already known: only what changed since is then held, unless the server starts over. */
  readonly after?: number;
}

/** Yields a cluster's state, then every newer one (W1). A slow consumer gets fewer, later states, never an old one. */
export function followProgress(socket: Socket, { clusterId, after }: ProgressOptions): Following<Progress> {
  const variables: Variables = { clusterId, ...(after !== undefined && { after }) };
  return new Follower(socket, ClusterProgressDocument, variables, new ProgressInbox(variables));
}

interface Variables {
  clusterId: string;
  after?: number;
}

/** Merges messages by id as they come, so that it holds one state however slow its consumer is. */
class ProgressInbox implements Inbox<ClusterProgressSubscription, Progress> {
  readonly #variables: Variables;
  readonly #operations = new Map<string, Operation>();
  readonly #steps = new Map<string, Step>();
  #news: { revision: number; cluster: Cluster } | null = null;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  begin(): boolean {
    return false;
  }

  offer({ clusterProgress }: ClusterProgressSubscription): Offered {
    const { revision, snapshot, cluster, operations, steps } = clusterProgress;
    // W2: nothing comes twice, also not across a reconnect.
    if (!snapshot && revision <= (this.#variables.after ?? 0)) return 'newest';
    if (snapshot) this.#clear();
    for (const operation of operations) this.#operations.set(operation.id, operation);
    for (const step of steps) this.#steps.set(step.id, step);
    this.#variables.after = revision;
    this.#news = { revision, cluster };
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
