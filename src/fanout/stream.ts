import type { Position } from './position.js';

/**
 * Something that subscribers follow. A subscriber is a position in it; the stream says what one at a position has not seen.
 * Nothing is queued for anyone: a slow one asks later, and gets the newest (W5).
 */
export interface Stream {
  /** Tells it from the other streams of its feed. */
  readonly key: string;
  /** Where a subscriber is that has seen everything. */
  readonly head: number;
  /** Grows whenever an answer of `next` may have become another. */
  readonly version: number;
  /** No more will come once a subscriber has reached the head (W7). */
  readonly ended: boolean;
  /**
   * The next message for subscribers at `position`, and where it takes them. A null payload says that nothing up to there
   * concerns them. `expected`: they get one even if nothing is new, having had none yet, or been told that one follows.
   */
  next(position: Position, expected: boolean): Message | Promise<Message>;
}

export interface Message {
  readonly payload: object | null;
  /** Up to where a subscriber has seen the stream who has had it. */
  readonly seen: number;
  /** Whether it tells the subscriber that another message follows. */
  readonly more?: boolean;
}
