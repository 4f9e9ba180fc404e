import type { Render, Sink, Subscription } from './group.js';
import type { Groups } from './groups.js';
import type { Position } from './position.js';
import type { Stream } from './stream.js';

/** What a subscription follows, and from where, before it has a subscriber. */
export interface Source {
  /**
   * Joins those who asked the same (`key`). `render` makes of a payload the bytes that all of them get; the first
   * subscriber's is used for the group.
   */
  join(key: string, render: Render, sink: Sink): Subscription;
  /** Lets go of what is followed. To be called once nothing reads any more. */
  readonly release: () => void;
}

export const createSource = (
  { stream, position, groups }: { stream: Stream; position: Position; groups: Groups },
  release: () => void,
): Source => ({
  join: (key, render, sink) => groups.join(stream, key, render, sink, position),
  release,
});
