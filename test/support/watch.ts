import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TypedDocumentString } from '../../src/generated/client.js';

export interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** A document: as text, whose data is of no known type, or typed. */
export type Document<Data, Variables> = string | TypedDocumentString<Data, Variables>;

export type Result<Data> = FormattedExecutionResult<Data, unknown>;

/** An operation on a socket of its own. Results are queued until they are read. */
export interface Live<Data> {
  /** The next result. Throws an Ended when there is none: the stream has completed, failed, or lost its socket. */
  next(): Promise<Result<Data>>;
  /** The data of the next results, up to the first that meets the condition, that one included. */
  until(isLast: (data: Data) => boolean): Promise<Data[]>;
  /** The data of all remaining results; resolves when the stream has completed. */
  rest(): Promise<Data[]>;
  /** Resolves once the socket is closed. */
  close(): Promise<void>;
}

/** Why a stream ended: the errors it was refused with, or the code its socket was closed with; neither when it completed. */
export class Ended extends Error {
  constructor(
    readonly errors?: readonly GraphQLFormattedError[],
    readonly closeCode?: number,
  ) {
    super(`expected a result, got the end of the stream: ${JSON.stringify(errors ?? closeCode ?? 'it completed')}`);
  }
}

/** Opens a subscription, or sends a query or a mutation, over graphql-transport-ws to the server at `url`. */
export function open<Data, Variables extends object>(
  url: string,
  query: Document<Data, Variables>,
  variables?: Variables,
): Live<Data> {
  const inbox = new Inbox<Result<Data>>();
  const { client, closed } = connect(url);
  client.subscribe<Data>(
    { query: String(query), variables: { ...variables } },
    {
      next: (result) => inbox.add(result as Result<Data>),
      error: (reason) => inbox.end(endOf(reason)),
      complete: () => inbox.end(new Ended()),
    },
  );
  return { ...reading(() => inbox.next()), close: async () => void (await Promise.all([client.dispose(), closed])) };
}

/** Sends a query or a mutation over a socket and returns what `post` returns. */
export async function postBySocket<Data, Variables extends object>(
  url: string,
  query: Document<Data, Variables>,
  variables?: Variables,
): Promise<Answer<Data>> {
  const live = open(url, query, variables);
  try {
    return await live.next();
  } catch (end) {
    if (end instanceof Ended && end.errors) return { errors: end.errors };
    throw end;
  } finally {
    await live.close();
  }
}

function connect(url: string) {
  let whenClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    whenClosed = resolve;
  });
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { closed: () => whenClosed() },
  });
  return { client, closed };
}

const endOf = (reason: unknown) =>
  Array.isArray(reason) ? new Ended(reason) : new Ended(undefined, (reason as { code?: number }).code ?? 1006);

function reading<Data>(next: () => Promise<Result<Data>>) {
  async function until(isLast: (data: Data) => boolean) {
    const taken: Data[] = [];
    for (;;) {
      const { data, errors } = await next();
      if (errors || !data) throw new Error(`expected data, got ${JSON.stringify(errors)}`);
      taken.push(data);
      if (isLast(data)) return taken;
    }
  }
  async function rest() {
    const taken: Data[] = [];
    try {
      await until((data) => taken.push(data) === 0);
    } catch (end) {
      if (!(end instanceof Ended) || end.errors || end.closeCode) throw end;
    }
    return taken;
  }
  return { next, until, rest };
}

/** Results that were not read yet, or readers that wait for one. */
class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #asking: { resolve(item: Item): void; reject(end: Ended): void }[] = [];
  #end: Ended | undefined;

  add(item: Item): void {
    const first = this.#asking.shift();
    if (first) first.resolve(item);
    else this.#items.push(item);
  }

  end(end: Ended): void {
    this.#end = end;
    for (const { reject } of this.#asking.splice(0)) reject(end);
  }

  next(): Promise<Item> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#asking.push({ resolve, reject }));
  }
}
