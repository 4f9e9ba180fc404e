import type { Client, Event } from 'stepcast/client';
import type { Part } from './rows.js';
import { conditionsOf, type LogFilter, type LogScope } from './scope.js';

export type LogClient = Pick<Client, 'events' | 'event' | 'followEvents'>;

/** Events that are asked for at once. */
const page = 200;

/** Pages of one log, as a filter finds them. Each call is one request, and rejects with a StepcastError. */
export class LogSource {
  readonly #client: LogClient;
  readonly #scope: LogScope;
  readonly #filter: LogFilter;

  constructor(client: LogClient, scope: LogScope, filter: LogFilter = {}) {
    this.#client = client;
    this.#scope = scope;
    this.#filter = filter;
  }

  /** The newest events that were found, before that cursor where there is one; `before` is null at the beginning of the log. */
  async newest(before: string | null, last = page): Promise<Part> {
    const { nodes, pageInfo } = await this.#page({ last, before });
    return {
      events: nodes,
      before: pageInfo.hasPreviousPage ? pageInfo.startCursor : null,
      after: pageInfo.endCursor ?? before,
    };
  }

  /** The next events after a cursor, and whether more may follow. */
  async next(after: string | null, first = page): Promise<Part & { readonly more: boolean }> {
    const { nodes, pageInfo } = await this.#page({ first, after });
    const end = pageInfo.endCursor ?? after;
    // Nothing that was found: what is older lies before the end all the same.
    return { events: nodes, before: pageInfo.startCursor ?? end, after: end, more: pageInfo.hasNextPage };
  }

  /** Where the log ends now, whatever the filter; null: it is empty. */
  async end(): Promise<string | null> {
    return (await new LogSource(this.#client, this.#scope).newest(null, 1)).after;
  }

  /** When what lies at a cursor was recorded; null: it was erased. */
  async timeAt(cursor: string): Promise<string | null> {
    const { events } = await new LogSource(this.#client, this.#scope).next(cursor, 1);
    return events[0]?.createdAt ?? null;
  }

  /** The failure before, or after, a cursor; null: none was found. */
  async failure(direction: 'before' | 'after', cursor: string | null): Promise<Event | null> {
    const failures = new LogSource(this.#client, this.#scope, { ...this.#filter, successful: false });
    let at = cursor;
    for (;;) {
      const part = direction === 'before' ? await failures.newest(at, 1) : await failures.next(at, 1);
      const [event] = part.events;
      if (event) return event;
      at = direction === 'before' ? part.before : part.after;
      if (direction === 'before' ? at === null : !('more' in part && part.more)) return null;
    }
  }

  /**
   * The cursor of an event, since a page has those of its first and its last event only: the page that ends with the event.
   * Instances are found by an index; other events are searched from the time they were recorded. Null: it is not in this log.
   */
  async cursorOf({ id, createdAt, instanceId, instanceName }: Event): Promise<string | null> {
    const near = new LogSource(this.#client, this.#scope, {
      ...(instanceId !== null ? { instanceId } : instanceName !== null ? { instanceName } : {}),
    });
    let after: string | null = null;
    for (;;) {
      const { nodes, pageInfo } = await near.#page({ first: 500, after }, createdAt);
      const index = nodes.findIndex((event) => event.id === id);
      if (index >= 0 && index < nodes.length - 1)
        return (await near.#page({ first: index + 1, after }, createdAt)).pageInfo.endCursor;
      if (index >= 0) return near.#exactly(id, pageInfo.endCursor);
      if (!pageInfo.hasNextPage) return null;
      after = pageInfo.endCursor;
    }
  }

  /** The cursor of an event that a page ended with: a search that ended early may have gone beyond it. */
  async #exactly(id: string, end: string | null): Promise<string | null> {
    const { nodes, pageInfo } = await this.#page({ last: 1, before: end });
    return nodes[0]?.id === id ? pageInfo.startCursor : end;
  }

  #page(range: { first?: number; after?: string | null; last?: number; before?: string | null }, since?: string) {
    const filter = { ...conditionsOf(this.#scope, this.#filter), ...(since !== undefined && { since }) };
    return this.#client.events({ clusterId: this.#scope.clusterId, filter, ...range });
  }
}
