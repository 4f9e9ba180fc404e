import type { Caller } from '../auth/caller.js';
import { Fault } from '../domain/errors.js';
import type { Sink } from '../fanout/group.js';
import { type FollowOptions, follow, type Source } from './follow.js';
import { isErrors, type PreparedOperation } from './prepare.js';

export interface FirstMessageOptions extends FollowOptions {
  /** Whether the database can be used now: what is in memory may be out of date otherwise (W11). */
  readonly answers: () => boolean | Promise<boolean>;
}

/** Milliseconds until the message must be there. */
const deadline = 10_000;
/** Milliseconds for which what was followed is held after a message, and of how many subscriptions at most: the next poll then costs no read. */
const held = { milliseconds: 5_000, subscriptions: 500 };

/**
 * Answers subscriptions with their first message, for clients that poll because no websocket gets through to them: with
 * `after`, that is what has changed since. Answers errors as a list; rejects with a Fault.
 */
export function createFirstMessage(options: FirstMessageOptions) {
  const lingering = new Lingering();
  return async (
    prepared: PreparedOperation,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<object | readonly unknown[]> => {
    if (!(await options.answers())) throw new Fault('UNAVAILABLE', 'the database cannot be reached');
    const source = await follow(options, prepared, caller, signal);
    if (isErrors(source)) return source;
    lingering.hold(source);
    return firstOf(source, signal);
  };
}

export type FirstMessage = ReturnType<typeof createFirstMessage>;

function firstOf(source: Source, signal: AbortSignal | undefined): Promise<object> {
  const { promise, resolve, reject } = withResolvers<object>();
  const tooLate = () => reject(new Fault('UNAVAILABLE', `expected a message within ${deadline} ms, got none`));
  const timer = setTimeout(tooLate, deadline).unref();
  signal?.addEventListener('abort', tooLate);
  const sink: Sink = {
    ready: true,
    send(body) {
      resolve(JSON.parse(body.toString()));
      return true;
    },
    complete: () => resolve({ data: null }),
    fail: reject,
  };
  const subscription = source.join(sink);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', tooLate);
    subscription.close();
  });
}

function withResolvers<T>() {
  let [resolve, reject] = [(_: T) => {}, (_: unknown) => {}];
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

/** Sources that are let go of after a while, the oldest before where they are too many. */
class Lingering {
  readonly #held = new Map<Source, NodeJS.Timeout>();

  hold(source: Source): void {
    const timer = setTimeout(() => this.#release(source), held.milliseconds);
    timer.unref();
    this.#held.set(source, timer);
    const [oldest] = this.#held.keys();
    if (this.#held.size > held.subscriptions && oldest) this.#release(oldest);
  }

  #release(source: Source): void {
    clearTimeout(this.#held.get(source));
    this.#held.delete(source);
    source.release();
  }
}
