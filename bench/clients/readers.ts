// The readers, in a process of their own. They only count: what they read is for other benchmarks to look at.
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../support/child.js';
import { Subscribers, type SubscribersOptions } from '../support/subscribers.js';

export interface Flow {
  /** Messages received by all readers in a second. */
  readonly rate: number;
  /** Bytes of a message in the mean. */
  readonly size: number;
}

let subscribers: Subscribers;

async function count(seconds: number): Promise<Flow> {
  const { messages, bytes } = subscribers;
  const begun = performance.now();
  await delay(seconds * 1000);
  const received = subscribers.messages - messages;
  return { rate: received / ((performance.now() - begun) / 1000), size: (subscribers.bytes - bytes) / received };
}

answer({
  async open(options: SubscribersOptions) {
    subscribers = await Subscribers.open(options);
  },
  count,
});
