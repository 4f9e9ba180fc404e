// Readers in a storm of reports: when each of them had the last state.
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../support/child.js';
import { completedIn } from '../support/documents.js';
import { Subscribers, type SubscribersOptions } from '../support/subscribers.js';

export interface Calm {
  /** Milliseconds from the last report's answer until the last of the quick readers had its state. */
  readonly lateness: number;
  /** Readers whose socket the server closed. */
  readonly closed: number;
  readonly messages: number;
}

export interface StormOptions extends SubscribersOptions {
  /** How many of them read about one message a second. */
  readonly slow: number;
}

let subscribers: Subscribers;
let completed: Int32Array;
let at: Float64Array;

async function open({ slow, ...options }: StormOptions): Promise<void> {
  subscribers = await Subscribers.open(options);
  completed = new Int32Array(options.readers);
  at = new Float64Array(options.readers);
  subscribers.onMessage = (reader, payload) => {
    completed[reader] = completedIn(payload) ?? (completed[reader] as number);
    at[reader] = performance.timeOrigin + performance.now();
  };
  for (const { socket } of subscribers.sockets.slice(0, slow)) readSlowly(socket);
}

/** Reads one message's worth of bytes a second, and leaves the rest unread. */
function readSlowly(socket: Subscribers['sockets'][number]['socket']): void {
  const [take] = socket.listeners('data') as [(chunk: Buffer) => void];
  socket.off('data', take).pause();
  setInterval(() => {
    const chunk = socket.read(1000) ?? socket.read();
    if (chunk) take(chunk);
  }, 1000);
}

/** Waits until all quick readers know of so many units done. `ended`: when the last report was answered. */
async function settle({ slow, units, ended }: { slow: number; units: number; ended: number }): Promise<Calm> {
  const quick = () => completed.subarray(slow);
  for (let tries = 0; quick().some((count) => count < units); tries += 1) {
    if (tries > 1000)
      throw new Error(`expected every reader to know of ${units} units, one knows of ${Math.min(...quick())}`);
    await delay(10);
  }
  return {
    lateness: Math.max(...at.subarray(slow)) - ended,
    closed: subscribers.closed,
    messages: subscribers.messages,
  };
}

answer({ open, settle });
