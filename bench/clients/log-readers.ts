// Readers of logs who are cut off and come back with their cursors: whether each has every event, once and in order.
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../support/child.js';
import { Subscribers } from '../support/subscribers.js';

export interface LogOptions {
  readonly url: string;
  readonly readers: number;
  readonly clusterIds: readonly string[];
}

interface Batch {
  readonly events: readonly { readonly id: string }[];
  readonly cursor: string;
  readonly reset: boolean;
}

let subscribers: Subscribers;
let options: LogOptions;
let cursors: string[] = [];
let counts: number[] = [];
/** The log of each cluster as its first reader saw it; the others are held to it. */
let logs: string[][] = [];
let repeated = 0;
let known = new Set<string>();

async function open(given: LogOptions): Promise<void> {
  options = given;
  cursors = [];
  counts = new Array(given.readers).fill(0);
  logs = given.clusterIds.map(() => []);
  known = new Set();
  subscribers = await connect();
}

function connect(): Promise<Subscribers> {
  const { url, readers, clusterIds } = options;
  const documentOf = (reader: number) => {
    const variables = { id: clusterIds[reader % clusterIds.length], after: cursors[reader] ?? null };
    return { query: subscription, variables };
  };
  return Subscribers.open({
    url,
    readers,
    documents: Array.from({ length: readers }, (_, reader) => documentOf(reader)),
    onMessage: take,
  });
}

const subscription =
  'subscription ($id: ID!, $after: String) { clusterEvents(clusterId: $id, after: $after) { events { id } cursor reset } }';

function take(reader: number, payload: Buffer): void {
  const { clusterEvents } = JSON.parse(payload.toString()).payload.data as { clusterEvents: Batch };
  if (clusterEvents.reset) throw new Error(`expected reader ${reader} to be continued, it was told to start over`);
  for (const { id } of clusterEvents.events) expectNext(reader, id);
  cursors[reader] = clusterEvents.cursor;
}

function expectNext(reader: number, id: string): void {
  const log = logs[reader % logs.length] as string[];
  const place = counts[reader] as number;
  if (place === log.length) append(log, id);
  if (log[place] !== id) throw new Error(`expected event ${log[place]} at ${place} of reader ${reader}, got ${id}`);
  counts[reader] = place + 1;
}

function append(log: string[], id: string): void {
  if (known.has(id)) repeated += 1;
  known.add(id);
  log.push(id);
}

/** Waits until every reader has so many events. */
async function settle(events: number): Promise<{ missing: number; repeated: number; seconds: number }> {
  const begun = performance.now();
  const missing = () => counts.filter((count) => count < events).length;
  while (missing() > 0 && performance.now() - begun < 60_000) await delay(10);
  return { missing: missing(), repeated, seconds: (performance.now() - begun) / 1000 };
}

answer({
  open,
  cut: () => subscribers.cut(),
  async resume() {
    subscribers = await connect();
  },
  settle,
});
