import type { Client } from 'graphql-ws';
import type { Name } from './documents.js';

/** A client with a normalised cache, as docs/protocol.md configures it. */
export interface CachingClient {
  /** Loads a query over HTTP and watches it in the cache from then on. Resolves once it is loaded. */
  watch(name: Name, variables?: object): Promise<View>;
  /** Follows a subscription, whose messages go to the cache alone. Resolves when it has completed, rejects when it has failed. */
  follow(name: Name, variables: object): Promise<void>;
  /** Sends a mutation, whose answer goes to the cache alone. */
  mutate(name: Name, variables: Record<string, unknown>): Promise<void>;
  close(): void;
}

/** A query's result as the cache has it. */
export interface View {
  /** The last one that was complete. */
  readonly data: unknown;
  /** Whether there was ever less after it: what is shown would flicker. */
  readonly wasIncomplete: boolean;
}

/** `url`: for queries and mutations. `socket`: for subscriptions. */
export type OpenClient = (url: string, socket: Client) => CachingClient | Promise<CachingClient>;

/** The result without what clients add to it. */
export function plain(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(plain);
  if (typeof data !== 'object' || data === null) return data;
  const fields = Object.entries(data).filter(([name]) => !name.startsWith('__'));
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]));
}

/** A view that is told of each result. */
export class Watched implements View {
  data: unknown;
  wasIncomplete = false;
  #loaded = () => {};
  readonly loaded = new Promise<void>((resolve) => {
    this.#loaded = resolve;
  });

  take(data: unknown, isComplete: boolean): void {
    if (isComplete) {
      this.data = plain(data);
      this.#loaded();
    } else if (this.data !== undefined) {
      this.wasIncomplete = true;
    }
  }
}
