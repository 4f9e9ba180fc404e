import { keyOf, type Ref } from './cluster.js';
import type { ReadSet } from './read-set.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * One mutation: what it must see, and what it makes of it. `decide` throws its Faults before it saves anything but the
 * sign of life that the command itself is (O7), so that a refused one leaves nothing else behind in the batch it shares.
 */
export interface Command<Result> {
  readonly readSet: Partial<ReadSet>;
  decide(work: UnitOfWork): Result;
}

/** The union of the read sets of a batch; what several of them name, once. */
export function readSetOf(commands: readonly Command<unknown>[]): ReadSet {
  const readSet = commands.map((command) => command.readSet);
  return {
    clusters: once(readSet.flatMap((need) => need.clusters ?? [])),
    operations: once(readSet.flatMap((need) => need.operations ?? [])),
    steps: once(readSet.flatMap((need) => need.steps ?? [])),
    events: readSet.flatMap((need) => need.events ?? []),
    units: readSet.flatMap((need) => need.units ?? []),
    plugins: once(readSet.flatMap((need) => need.plugins ?? [])),
    plans: once(readSet.flatMap((need) => need.plans ?? [])),
  };
}

const once = (refs: readonly Ref[]): Ref[] => [...new Map(refs.map((ref) => [keyOf(ref), ref])).values()];
