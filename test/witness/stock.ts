import { readFileSync } from 'node:fs';
import { type Client, createClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Batch, type Progress, type State, Testimony, type Witness } from './testimony.js';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
/** The page's own documents: readers will copy them. */
const documents = Array.from(page.matchAll(/```graphql\n(.*?)```/gs), ([, text = '']) => text);
const first = (field: string) => documents.find((text) => text.includes(`${field}(`)) ?? '';
const [progressDocument, eventsDocument] = [first('clusterProgress'), first('clusterEvents')];

/** The stock graphql-ws client. What it sends anew after a loss is `variables`, which we keep current. */
export function stockClient(url: string, clusterId: string, events: number): Witness {
  const testimony = new Testimony();
  const client = connect(url, testimony);
  const held = new Held();
  const progress = follow<{ clusterProgress: Progress }>(client, progressDocument, clusterId, ({ clusterProgress }) => {
    testimony.takeProgress(clusterProgress);
    held.take(clusterProgress);
    return { after: clusterProgress.cursor, done: held.hasEnded };
  });
  const log = follow<{ clusterEvents: Batch }>(client, eventsDocument, clusterId, ({ clusterEvents }) => {
    testimony.takeBatch(clusterEvents);
    return { after: clusterEvents.cursor, done: testimony.events.length >= events };
  });
  return { testimony, ended: Promise.all([progress, log]).then(() => held.state) };
}

function connect(url: string, { losses }: Testimony): Client {
  let connected = false;
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    // By default a refused connection, which comes as an error event, is final.
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(30_000, 250 * 2 ** retries))),
    on: {
      connected: () => {
        connected = true;
      },
      closed: (event) => {
        const { code } = event as { code: number };
        // 1000 is our own, at the end.
        if (connected && code !== 1000) losses.push(code);
        connected = false;
      },
    },
  });
  onTestFinished(() => void client.dispose());
  return client;
}

/** Resolves once `take` says that it is done; it also says where to go on from. */
function follow<Data>(
  client: Client,
  query: string,
  clusterId: string,
  take: (data: Data) => { after: string; done: boolean },
): Promise<void> {
  const variables: Record<string, unknown> = { id: clusterId };
  return new Promise((resolve, reject) => {
    const stop = client.subscribe<Data>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (!data) return reject(new Error(`expected data, got ${JSON.stringify(errors)}`));
          const { after, done } = take(data);
          variables.after = after;
          if (done) stop();
        },
        error: reject,
        complete: resolve,
      },
    );
  });
}

/** The state, as the page says to read it. */
class Held {
  #cluster = {};
  readonly #operations = new Map<string, Progress['operations'][number]>();
  readonly #steps = new Map<string, Progress['steps'][number]>();

  take({ snapshot, cluster, operations, steps }: Progress): void {
    if (snapshot) for (const entities of [this.#operations, this.#steps]) entities.clear();
    this.#cluster = cluster;
    for (const operation of operations) this.#operations.set(operation.id, operation);
    for (const step of steps) this.#steps.set(step.id, step);
  }

  get hasEnded(): boolean {
    const operations = [...this.#operations.values()];
    return operations.length > 0 && operations.every(({ state }) => state !== 'RUNNING');
  }
  get state(): State {
    return { cluster: this.#cluster, operations: [...this.#operations.values()], steps: [...this.#steps.values()] };
  }
}
