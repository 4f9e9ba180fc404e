import type { Unit, UnitState } from '../../src/domain/unit.js';
import type { PicturePlace, StepUnits } from '../../src/fanout/units.js';
import type { Server } from './fixture.js';
import { type Read, read } from './fixture.js';

const states: Readonly<Record<string, UnitState | null>> = { S: 'SUCCEEDED', F: 'FAILED', R: 'REPLACED', '-': null };

/** What a reader holds that does as the schema says. */
export class Picture {
  readonly units: (Unit | null)[] = [];
  readonly states: (UnitState | null)[] = [];
  place: PicturePlace | null = null;

  take({ units, indexes, states: letters, snapshot, picture, reached }: StepUnits): void {
    if (snapshot) this.units.length = this.states.length = 0;
    for (const { index, unit } of units) this.units[index] = unit;
    for (const [i, index] of indexes.entries()) this.states[index] = states[letters[i] ?? ''] ?? null;
    this.place = { picture, seen: reached };
  }

  /** Of each unit that is there, by key, how it stands. */
  get held(): Map<string, UnitState> {
    const held: [string, UnitState][] = [];
    for (const [index, state] of this.states.entries()) if (state) held.push([this.units[index]?.key ?? '?', state]);
    return new Map(held);
  }
}

/** Someone who follows a step's units on any server, leaves, and comes back. */
export class Viewer {
  readonly picture = new Picture();
  /** Of the last connection. */
  messages: StepUnits[] = [];
  #read: Read<StepUnits> | null = null;

  async attend(server: Server, ref: { tenantId: string; id: string }): Promise<void> {
    this.leave();
    this.messages = [];
    this.#read = read<StepUnits>(await server.hub.units(ref, this.picture.place));
  }

  /** Takes what has come. */
  look(): void {
    for (const message of this.#read?.sink.messages.splice(0) ?? []) {
      this.picture.take(message);
      this.messages.push(message);
    }
  }

  leave(): void {
    this.look();
    this.#read?.stop();
    this.#read = null;
  }

  /** Resolves once the picture is as wanted; looks whenever something comes. */
  until(isEnough: (picture: Picture) => boolean): Promise<void> {
    return (this.#read as Read<StepUnits>).sink.until(() => {
      this.look();
      return isEnough(this.picture);
    });
  }

  /** Takes messages again. */
  wake(): void {
    const { sink, reader } = this.#read as Read<StepUnits>;
    sink.wake(reader);
  }

  get sink() {
    return (this.#read as Read<StepUnits>).sink;
  }
}
