import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameSocket } from '../support/frames.js';

interface Log {
  readonly events: readonly { readonly id: string }[];
  readonly cursor: string;
  readonly reset: boolean;
}

interface State {
  readonly cursor: string;
  readonly revision: number;
  readonly snapshot: boolean;
  readonly steps: readonly { readonly id: string; readonly completed: number; readonly failed: number }[];
}

/**
 * A reader who does as the protocol's page says: follows a cluster's log or its state, and resumes from its cursor
 * whenever its socket ends. Invariant: `seen` holds the ids that came, in the order they came, whatever happened between.
 */
export class HonestReader {
  /** Of a log: the ids of the events, as they came. */
  readonly seen: string[] = [];
  /** Of a state: units reported, by step. */
  readonly reported = new Map<string, number>();
  /** What the server should not have done. */
  readonly complaints: string[] = [];
  /** How often it had to come back. */
  resumed = 0;
  readonly #url: string;
  readonly #clusterId: string;
  readonly #kind: 'log' | 'state';
  #after: string | null = null;
  /** Of the last state. */
  #revision = 0;
  #socket: FrameSocket | null = null;
  #left = false;

  constructor(url: string, clusterId: string, kind: 'log' | 'state') {
    this.#url = `${url.replace(/^http/, 'ws')}/graphql`;
    this.#clusterId = clusterId;
    this.#kind = kind;
  }

  get isLog(): boolean {
    return this.#kind === 'log';
  }

  /** Follows until `leave`. */
  async follow(): Promise<void> {
    while (!this.#left) {
      await this.#session().catch(() => delay(50));
      this.resumed += this.#left ? 0 : 1;
    }
  }

  leave(): void {
    this.#left = true;
    this.#socket?.cut();
    this.#ended();
  }
  #ended: () => void = () => {};

  /** One socket, from its opening to its end. */
  async #session(): Promise<void> {
    const end = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    const socket = await FrameSocket.open(this.#url, {
      text: (payload) => this.#take(socket, JSON.parse(payload.toString())),
      closed: () => this.#ended(),
    });
    this.#socket = socket;
    socket.send('{"type":"connection_init"}');
    await end;
    socket.cut();
  }

  #take(socket: FrameSocket, message: { type: string; payload: never }): void {
    if (message.type === 'connection_ack') socket.send(this.#subscribe());
    if (message.type === 'error') this.complaints.push(JSON.stringify(message.payload));
    if (message.type === 'next') this.#read((message.payload as { data: { log: Log; state: State } }).data);
  }

  #subscribe(): string {
    const query =
      this.#kind === 'log'
        ? 'subscription($id:ID!,$after:String){log:clusterEvents(clusterId:$id,after:$after){cursor reset events{id}}}'
        : 'subscription($id:ID!,$after:String){state:clusterProgress(clusterId:$id,after:$after){cursor revision snapshot steps{id completed failed}}}';
    const variables = { id: this.#clusterId, after: this.#after };
    return JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query, variables } });
  }

  #read({ log, state }: { log?: Log; state?: State }): void {
    if (log) {
      if (log.reset) this.complaints.push('told to start over');
      for (const { id } of log.events) this.seen.push(id);
      this.#after = log.cursor;
    }
    if (state) {
      if (!state.snapshot && state.revision < this.#revision) {
        this.complaints.push(`revision ${state.revision} after ${this.#revision}`);
      }
      for (const { id, completed, failed } of state.steps) this.reported.set(id, completed + failed);
      this.#revision = state.revision;
      this.#after = state.cursor;
    }
  }
}
