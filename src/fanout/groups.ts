import { Group, type GroupOptions, type Render, type Sink, type Subscription } from './group.js';
import { unmetered } from './meter.js';
import type { Position } from './position.js';
import type { Stream } from './stream.js';

/** The groups of subscribers of one feed, by what they follow and asked. */
export class Groups {
  readonly #options: Omit<GroupOptions, 'onEmpty' | 'origin'>;
  readonly #origin: () => unknown;
  readonly #groups = new Map<string, Group>();
  #ended: { readonly error: unknown } | null = null;

  /** `origin`: what the feed's newest change is traced back to. */
  constructor(options: Omit<GroupOptions, 'onEmpty' | 'origin'>, origin: () => unknown = () => undefined) {
    this.#options = options;
    this.#origin = origin;
  }

  get size(): number {
    return this.#groups.size;
  }
  /** Of all groups. */
  get subscribers(): number {
    return [...this.#groups.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Adds a new subscriber to those who follow this stream and asked the same (`key`). */
  join(stream: Stream, key: string, render: Render, sink: Sink, position: Position): Subscription {
    if (!this.#ended) return this.#group(stream, key, render).add(sink, position, true);
    sink.fail(this.#ended.error);
    return { wake: () => {}, close: () => {} };
  }

  /** Ends every subscription with an error, those that come later too: who was about to join would wait for ever. */
  end(error: unknown): void {
    this.#ended = { error };
    for (const group of this.#groups.values()) group.end(error);
  }

  flush(): void {
    for (const group of this.#groups.values()) group.flush();
  }

  /** Made for its first subscriber, gone with its last. */
  #group(stream: Stream, key: string, render: Render): Group {
    const name = JSON.stringify([stream.key, key]);
    const known = this.#groups.get(name);
    if (known) return known;
    const { rendered, faults, meter = unmetered } = this.#options;
    const onEmpty = () => this.#groups.delete(name);
    const group = new Group(stream, render, { rendered, faults, meter, origin: this.#origin, onEmpty });
    this.#groups.set(name, group);
    return group;
  }
}
