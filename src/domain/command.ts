import { keyOf, type Ref } from './cluster.js';
import type { Needs } from './needs.js';
import type { World } from './world.js';

/**
 * One mutation: what it must see, and what it makes of it. `judge` throws its Faults before it saves anything, so that
 * a refused command leaves nothing behind in the batch it shares with others.
 */
export interface Command<Result> {
  readonly needs: Partial<Needs>;
  judge(world: World): Result;
}

/** All that a batch of commands needs; what many of them name, once. */
export function allNeeds(commands: readonly Command<unknown>[]): Needs {
  const needs = commands.map((command) => command.needs);
  return {
    clusters: once(needs.flatMap((need) => need.clusters ?? [])),
    operations: once(needs.flatMap((need) => need.operations ?? [])),
    steps: once(needs.flatMap((need) => need.steps ?? [])),
    events: needs.flatMap((need) => need.events ?? []),
    units: needs.flatMap((need) => need.units ?? []),
    plugins: once(needs.flatMap((need) => need.plugins ?? [])),
    plans: once(needs.flatMap((need) => need.plans ?? [])),
  };
}

const once = (refs: readonly Ref[]): Ref[] => [...new Map(refs.map((ref) => [keyOf(ref), ref])).values()];
