import {
  type Client,
  type ClientOptions,
  createClient,
  type FormattedExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws';

/**
 * A client of graphql-ws that comes back whenever its connection was lost; what `subscribe` follows is resumed then.
 * `url`: the server's, such as `http://127.0.0.1:4000/graphql`.
 */
export function openSocket(url: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true, // by default it gives up after a refused connection
    retryWait: (retries) => new Promise((again) => setTimeout(again, backoff(retries))),
    ...options,
  });
  return { ...client, subscribe: (payload, sink) => resuming(client, payload, sink) };
}

/** Milliseconds, with full jitter: thousands lose a server at the same moment. */
const backoff = (retries: number) => Math.random() * Math.min(30_000, 250 * 2 ** retries);

/**
 * A subscription that goes on from its last `cursor`. graphql-ws repeats it with the same object of variables after a loss,
 * so their `after` is kept current, synchronously. An error that passes ends it: then it is opened again.
 */
function resuming<Data, Extensions>(
  client: Client,
  payload: SubscribePayload,
  sink: Sink<FormattedExecutionResult<Data, Extensions>>,
): () => void {
  const variables: Record<string, unknown> = { ...payload.variables };
  let close = () => {};
  let failures = 0;
  const open = () => {
    let failed = false;
    const fail = (error: unknown) => {
      failed = true;
      if (!isPassing(error)) return sink.error(error);
      const timer = setTimeout(open, backoff(failures));
      failures += 1;
      close = () => clearTimeout(timer);
    };
    close = client.subscribe<Data, Extensions>(
      { ...payload, variables },
      {
        next: (message) => {
          if (message.errors) {
            close();
            return fail(message.errors);
          }
          failures = 0;
          resumeBehind(message.data, variables);
          sink.next(message);
        },
        error: fail,
        complete: () => failed || sink.complete(),
      },
    );
  };
  open();
  return () => close();
}

/** `last` is left out from then on: it begins, `after` resumes. */
function resumeBehind(data: unknown, variables: Record<string, unknown>): void {
  const [message] = Object.values((data ?? {}) as Record<string, { cursor?: string } | null>);
  if (!message?.cursor) return;
  variables.after = message.cursor;
  delete variables.last;
}

const isPassing = (error: unknown) =>
  Array.isArray(error) ? error.some(({ extensions }) => extensions?.retryable) : isFault(error);

/** Close code 4500: a fault of the server, after which graphql-ws does not come back by itself. */
const isFault = (error: unknown) => (error as { code?: number } | null)?.code === 4500;
