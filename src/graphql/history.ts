import { LRUCache } from 'lru-cache';
import type { Estimate } from '../domain/estimate/estimate.js';
import { Estimates } from '../domain/estimate/estimates.js';
import { mostRuns, nameOf, type RunKey, readRuns, type StepRun } from '../domain/estimate/run.js';
import type { ReadStore } from '../domain/ports.js';

/** Milliseconds for which runs are kept: one more changes little, if there are many. */
const kept = { few: 2_000, many: 30_000 } as const;

/** Earlier runs of steps, as estimates go by them: kept for a while, for every message of a running step asks for the same. */
export class History {
  readonly #runs = new LRUCache<string, readonly StepRun[]>({ max: 2_000, ttl: kept.many });

  /** In the order given; those that are not kept are read in one statement. */
  async load(readStore: Pick<ReadStore, 'stepRuns'>, keys: readonly RunKey[]): Promise<(readonly StepRun[])[]> {
    const missing = keys.filter((key) => !this.#runs.has(nameOf(key)));
    const read = missing.length === 0 ? [] : await readStore.stepRuns(missing, readRuns);
    const fresh = new Map(missing.map((key, index) => [nameOf(key), read[index] ?? []]));
    for (const [name, runs] of fresh)
      this.#runs.set(name, runs, { ttl: runs.length < mostRuns ? kept.few : kept.many });
    return keys.map((key) => fresh.get(nameOf(key)) ?? this.#runs.get(nameOf(key)) ?? []);
  }
}

/** What estimates are made with; `now` is the database's clock. */
export function estimating(now: () => Date, { stallSeconds }: { readonly stallSeconds: number }) {
  const memory = new LRUCache<string, Estimate>({ max: 10_000 });
  return { history: new History(), estimates: new Estimates({ memory, now, floor: stallSeconds * 1000 }) };
}
