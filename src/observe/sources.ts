import type { FanoutFigures } from '../fanout/figures.js';

/** What is asked when metrics are, and costs nothing before. */
export interface Sources {
  readonly version: string;
  readonly fanout: () => FanoutFigures;
  readonly queue: () => QueueFigures;
  /** How often each limit of callers and addresses was met. */
  readonly limits: () => ReadonlyMap<string, number>;
  readonly pools: () => readonly PoolFigures[];
  /** Websockets that are open. */
  readonly sockets: () => number;
  /** Whether other servers' hints can be relied on to arrive. */
  readonly busHealthy: () => boolean;
}

export interface QueueFigures {
  /** Of the mutations that are not answered yet. */
  readonly bytes: number;
  /** Mutations that wait for a transaction. */
  readonly waiting: number;
  /** Transactions. */
  readonly underWay: number;
}

export interface PoolFigures {
  readonly pool: string;
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
}
