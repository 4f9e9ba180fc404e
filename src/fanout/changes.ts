import type { Cluster } from '../domain/cluster.js';
import { Fault } from '../domain/errors.js';

export interface ChangesOptions {
  /** How many clusters to keep, and how many bytes of their texts. */
  readonly clusters: number;
  readonly bytes: number;
}

interface Change {
  readonly cluster: Cluster;
  readonly position: number;
}

/** A subscriber has fallen behind what is kept: its stream ends, and it may subscribe again. */
export class Overrun extends Fault {
  constructor(message: string) {
    super('UNAVAILABLE', message);
  }
}

const bytesOf = ({ statusDescription }: Cluster) => (statusDescription ? Buffer.byteLength(statusDescription) : 0);

/**
 * The last changes of a tenant's clusters, coalesced: of each cluster only the last state, in the order of last changes.
 * Invariant: of all changes after position `#floor`, it holds each that is its cluster's last; nothing from before.
 */
export class Changes {
  readonly #options: ChangesOptions;
  /** By cluster's id, in order of position. */
  readonly #last = new Map<string, Change>();
  /** The same, to be searched by position; changes that are no longer their cluster's last are passed over. */
  #order: Change[] = [];
  #floor = 0;
  #bytes = 0;
  /** The position of the newest change: how many there were. */
  head = 0;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** Clusters that are kept. */
  get size(): number {
    return this.#last.size;
  }
  /** Bytes of their texts. */
  get bytes(): number {
    return this.#bytes;
  }

  add(cluster: Cluster): void {
    this.head += 1;
    const change = { cluster, position: this.head };
    this.#forget(cluster.id);
    this.#last.set(cluster.id, change);
    this.#order.push(change);
    this.#bytes += bytesOf(cluster);
    this.#trim();
  }

  /** The next change after a position; undefined when there is none. Throws Overrun when that position is too far behind. */
  after(position: number): Change | undefined {
    if (position < this.#floor) {
      const behind = this.head - position;
      throw new Overrun(`expected a subscriber to keep up, but it is ${behind} changes behind: subscribe again`);
    }
    for (let at = this.#indexAfter(position); at < this.#order.length; at++) {
      const change = this.#order[at] as Change;
      if (this.#isLast(change)) return change;
    }
    return undefined;
  }

  /** The next changes after a position, within these bounds but one at least, and the position of the last of them. */
  since(position: number, most: ChangesOptions): { readonly clusters: Cluster[]; readonly reached: number } {
    const clusters: Cluster[] = [];
    let [reached, bytes] = [position, 0];
    while (clusters.length < most.clusters && bytes < most.bytes) {
      const change = this.after(reached);
      if (!change) break;
      clusters.push(change.cluster);
      bytes += bytesOf(change.cluster);
      reached = change.position;
    }
    return { clusters, reached };
  }

  #trim(): void {
    const { clusters, bytes } = this.#options;
    for (const [id, { position }] of this.#last) {
      if (this.#last.size <= clusters && (this.#bytes <= bytes || this.#last.size === 1)) break;
      this.#forget(id);
      this.#floor = position;
    }
    if (this.#order.length > this.#last.size * 2 + 64) this.#order = this.#order.filter((one) => this.#isLast(one));
  }

  #forget(id: string): void {
    const known = this.#last.get(id);
    if (!known) return;
    this.#last.delete(id);
    this.#bytes -= bytesOf(known.cluster);
  }

  #isLast = (change: Change) => this.#last.get(change.cluster.id) === change;

  #indexAfter(position: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] as Change).position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
