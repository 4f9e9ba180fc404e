// Readers and a reporter in one process, whose clock both go by: from a report's sending to its reading.
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../support/child.js';
import { completedIn } from '../support/documents.js';
import { HttpConnection } from '../support/http-connection.js';
import { reportBody } from '../support/reports.js';
import { median, percentile } from '../support/statistics.js';
import { Subscribers, type SubscribersOptions } from '../support/subscribers.js';

export interface Pace {
  /** Where to report, and of what step; null to have a bare server echo messages of this size to everyone. */
  readonly report: { readonly url: string; readonly stepId: string } | null;
  readonly size: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Milliseconds from a report's sending until a reader has it, over all readers and reports. */
export interface Latency {
  readonly median: number;
  readonly p99: number;
  /** Bytes of a message in the mean. */
  readonly size: number;
}

let subscribers: Subscribers;
/** When each change was sent, from the first change of the first turn on: the n-th makes `completed` n. */
const sent: number[] = [0];

async function measure({ report, size, perSecond, seconds }: Pace): Promise<Latency> {
  const { messages, bytes } = subscribers;
  const send = report === null ? echo(size) : await reporter(report.url, report.stepId);
  const arrived = watch();
  const begun = performance.now();
  for (let change = 0; change < perSecond * seconds; change += 1) {
    await delay(begun + (change * 1000) / perSecond - performance.now());
    sent.push(performance.now());
    await send(sent.length - 1);
  }
  const taken = await arrived();
  return {
    median: median(taken),
    p99: percentile(taken, 0.99),
    size: Math.round((subscribers.bytes - bytes) / (subscribers.messages - messages)),
  };
}

/** Collects every reader's delay of every change. A message stands for all changes up to its own. */
function watch(): () => Promise<number[]> {
  const seen = new Int32Array(subscribers.sockets.length).fill(sent.length - 1);
  const taken: number[] = [];
  subscribers.onMessage = (reader, payload) => {
    const now = performance.now();
    const completed = completedIn(payload) ?? 0;
    for (let change = (seen[reader] as number) + 1; change <= completed; change += 1) {
      taken.push(now - (sent[change] as number));
      seen[reader] = change;
    }
  };
  return async () => {
    while (seen.some((change) => change < sent.length - 1)) await delay(10);
    return taken;
  };
}

async function reporter(url: string, stepId: string) {
  const connection = await HttpConnection.open(url);
  return () => connection.post(reportBody(stepId, 1));
}

const echo = (size: number) => async (change: number) =>
  subscribers.sockets[0]?.send(`{"completed":${change},"filler":"`.padEnd(size - 2, '.').concat('"}'));

answer({
  async open(options: SubscribersOptions) {
    subscribers = await Subscribers.open(options);
  },
  measure,
});
