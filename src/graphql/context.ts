import type { Caller } from '../auth/caller.js';
import type { KnownCauses } from '../domain/causes/known-causes.js';
import type { Estimates } from '../domain/estimate/estimates.js';
import type { ReadStore } from '../domain/ports.js';
import type { Recorder } from '../domain/record.js';
import type { Shares } from '../domain/shares.js';
import type { Hub } from '../fanout/hub.js';
import type { History } from './history.js';
import type { LiveRows } from './live-rows.js';
import { Loaders } from './loaders.js';
import { Reads } from './reads.js';

/** What the server says of itself. */
export interface About {
  readonly version: string;
  /** Whether the event log is switched on. */
  readonly eventLog: boolean;
}

/** What the resolvers call. */
export interface Services {
  readonly about: About;
  readonly recorder: Recorder;
  readonly readStore: ReadStore;
  /** The connections of `readStore`: what requests read takes turns on them. */
  readonly connections: Shares;
  readonly hub: Hub;
  /** C5. */
  readonly knownCauses: KnownCauses;
  readonly estimates: Estimates;
  readonly history: History;
}

/** `readStore` is called within `reads`, or by the loaders, which do so. */
export interface Context extends Services {
  readonly caller: Caller;
  /** Aborted once the caller has left. */
  readonly signal: AbortSignal | undefined;
  readonly reads: Reads;
  readonly loaders: Loaders;
}

export interface ContextOptions {
  readonly signal?: AbortSignal | undefined;
  readonly live?: LiveRows;
  readonly holder?: string;
}

/**
 * The context of one request, or of one message of a subscription: its loaders remember what they read, so none
 * outlives it. Once the signal is aborted it reads no more; a mutation that was sent is carried out all the same. What a
 * message has in memory (`live`) is not read. Connections to the database are taken from the share of `holder`, or else of
 * the tenant.
 */
export function createContext(
  { about, recorder, readStore, connections, hub, knownCauses, estimates, history }: Services,
  caller: Caller,
  { signal, live, holder = caller.tenantId }: ContextOptions = {},
): Context {
  const reads = new Reads(signal, connections && { connections, holder });
  return {
    about,
    recorder,
    readStore,
    connections,
    hub,
    knownCauses,
    estimates,
    history,
    caller,
    signal,
    reads,
    loaders: new Loaders({ readStore, history, tenantId: caller.tenantId, reads, live }),
  };
}
