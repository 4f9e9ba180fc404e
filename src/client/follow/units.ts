import { UnitPictureDocument, type UnitPictureSubscription } from '../../generated/client.js';
import { Follower } from './follower.js';
import type { Following } from './following.js';
import type { Inbox, Offered } from './inbox.js';
import type { Socket } from './socket.js';

type Message = UnitPictureSubscription['stepUnits'];

/** A unit of a picture: `index` is its own for as long as no whole picture comes (`changed` null). */
export type PicturedUnit = Message['units'][number];

/** How a unit stands, in `UnitPicture.states`. `none`: there is no unit at this index any more. */
export const unitStates = { none: 0, SUCCEEDED: 1, FAILED: 2, REPLACED: 3 } as const;

/** The units of a step that have reported, by index. It is the consumer's own: the next one has other lists where they differ. */
export interface UnitPicture {
  /** Null where there is no unit any more. */
  readonly units: readonly (PicturedUnit | null)[];
  /** Values of `unitStates`, as many as there are `units`. */
  readonly states: Uint8Array;
  /** The indexes at which anything has changed since the last picture, in no order; null: the whole picture is another. */
  readonly changed: readonly number[] | null;
  /** The server's time when it sent this. */
  readonly serverTime: string;
}

export interface UnitsOptions {
  readonly stepId: string;
}

/**
 * Yields how a step's units stand, then every change: a slow consumer gets fewer, later pictures. Throws a StepcastError for
 * what cannot be retried: an unknown step, or one of more than 50000 units.
 */
export function followUnits(socket: Socket, { stepId }: UnitsOptions): Following<UnitPicture> {
  const variables: Variables = { stepId };
  return new Follower(socket, UnitPictureDocument, variables, new UnitsInbox(variables));
}

interface Variables {
  stepId: string;
  after?: string;
}

const states: Readonly<Record<string, number>> = {
  '-': unitStates.none,
  S: unitStates.SUCCEEDED,
  F: unitStates.FAILED,
  R: unitStates.REPLACED,
};

/**
 * Puts messages together to one picture, however slow the consumer. Invariant: what was taken is not changed any more, and
 * no part of a snapshot is yielded before the rest of it is there.
 */
class UnitsInbox implements Inbox<UnitPictureSubscription, UnitPicture> {
  readonly #variables: Variables;
  #units: (PicturedUnit | null)[] = [];
  #states = new Uint8Array(0);
  #size = 0;
  /** Null: all of them. */
  #changed: Set<number> | null = null;
  /** Whether the consumer has the lists: they are copied before they change. */
  #shared = { units: false, states: false };
  #isWhole = false;
  #serverTime: string | null = null;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  offer({ stepUnits: message }: UnitPictureSubscription): Offered {
    this.#variables.after = message.cursor;
    if (message.snapshot) this.#startOver();
    const hasNews = message.snapshot || message.indexes.length > 0;
    if (hasNews) this.#apply(message);
    if (!message.more) this.#isWhole = true;
    if (hasNews || this.#serverTime) this.#serverTime = message.serverTime;
    return message.more ? 'more' : 'newest';
  }

  take(): UnitPicture | undefined {
    if (!this.#serverTime || !this.#isWhole) return undefined;
    const picture = {
      units: this.#units,
      states: this.#states.subarray(0, this.#size),
      changed: this.#changed && [...this.#changed],
      serverTime: this.#serverTime,
    };
    this.#shared = { units: true, states: true };
    this.#changed = new Set();
    this.#serverTime = null;
    return picture;
  }

  #startOver(): void {
    this.#units = [];
    this.#states = new Uint8Array(0);
    this.#shared = { units: false, states: false };
    this.#size = 0;
    this.#changed = null;
    this.#isWhole = false;
  }

  #apply({ units, indexes, states: letters, size }: Message): void {
    this.#grow(size);
    if (units.length > 0) this.#ownUnits();
    for (const unit of units) this.#units[unit.index] = unit;
    for (const [i, index] of indexes.entries()) {
      const state = states[letters[i] ?? ''] ?? unitStates.none;
      this.#states[index] = state;
      if (state === unitStates.none && this.#units[index]) this.#ownUnits()[index] = null;
      this.#changed?.add(index);
    }
  }

  /** Makes room for so many, and the states its own. */
  #grow(size: number): void {
    while (this.#units.length < size) this.#ownUnits().push(null);
    if (this.#shared.states || size > this.#states.length) {
      const grown = new Uint8Array(Math.max(size, size > this.#states.length ? this.#states.length * 2 : 0));
      grown.set(this.#states.subarray(0, this.#size));
      this.#states = grown;
      this.#shared.states = false;
    }
    this.#size = Math.max(this.#size, size);
  }

  #ownUnits(): (PicturedUnit | null)[] {
    if (this.#shared.units) this.#units = [...this.#units];
    this.#shared.units = false;
    return this.#units;
  }
}
