import { Group, type Port, type Reader } from './group.js';
import type { Groups } from './groups.js';
import type { Stream } from './stream.js';

/**
 * A subscription before it has a reader: what it follows, and from where. It is an async iterable so that GraphQL takes
 * it for a source; whoever reads it joins the group of those who asked the same instead.
 */
export class Following implements AsyncIterable<object> {
  readonly #stream: Stream;
  readonly #position: number | null;
  readonly #groups: Groups;
  readonly #first: boolean;
  /** Lets go of what is followed. To be called once nothing reads any more. */
  readonly release: () => void;

  constructor(stream: Stream, position: number | null, groups: Groups, release: () => void, first = true) {
    this.#stream = stream;
    this.#position = position;
    this.#groups = groups;
    this.release = release;
    this.#first = first;
  }

  /**
   * Joins those who asked the same (`key`). `render` makes of a payload the bytes that all of them get; the first
   * reader's is used for the group.
   */
  join(key: string, render: (payload: object) => Promise<Buffer> | Buffer, port: Port): Reader {
    const group = this.#groups.get(`${this.#stream.key} ${key}`, (onEmpty) => new Group(this.#stream, render, onEmpty));
    return group.add(port, this.#position, this.#first);
  }

  /** Reading it by itself is not provided for: it would execute once for each reader. */
  [Symbol.asyncIterator](): AsyncIterator<object> {
    throw new Error('expected a Following to be joined, not iterated');
  }
}
