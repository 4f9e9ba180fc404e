import type { Step, StepRun } from 'stepcast/client';

/** How long a step took in earlier runs, in seconds. */
export interface Usual {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

/** When a step began and ended in the median of earlier runs, in seconds since the beginning of their operations. */
export interface Ghost {
  readonly start: number;
  readonly end: number;
  /** With the shortest and the longest of these runs. */
  readonly earliest: number;
  readonly latest: number;
  readonly runs: number;
}

/** What earlier runs say of a step. */
export interface Earlier {
  readonly usual: Usual;
  readonly ghost: Ghost;
}

/**
 * What is known from earlier runs of each step, by its id. Only those that went well count; those of the operation itself
 * do not. Where an operation has several steps of one name, they are told apart by their order.
 */
export function earlierRuns(
  steps: readonly Pick<Step, 'id' | 'stepName' | 'operationId'>[],
  history: ReadonlyMap<string, readonly StepRun[]>,
): ReadonlyMap<string, Earlier> {
  const beginnings = beginningsOf(history);
  const seen = new Map<string, number>();
  const earlier = new Map<string, Earlier>();
  for (const { id, stepName, operationId } of steps) {
    const place = seen.get(stepName) ?? 0;
    seen.set(stepName, place + 1);
    const runs = nth(history.get(stepName) ?? [], place).filter(
      (run) => run.successful && run.operationId !== operationId,
    );
    if (runs.length === 0) continue;
    const usual = usualOf(runs.map(({ duration }) => duration / 1_000));
    const start = median(
      runs.map((run) => (Date.parse(run.startedAt) - (beginnings.get(run.operationId) ?? 0)) / 1_000),
    );
    const ghost = {
      start,
      end: start + usual.median,
      earliest: start + usual.least,
      latest: start + usual.most,
      runs: usual.runs,
    };
    earlier.set(id, { usual, ghost });
  }
  return earlier;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const usualOf = (durations: readonly number[]): Usual => ({
  median: median(durations),
  least: Math.min(...durations),
  most: Math.max(...durations),
  runs: durations.length,
});

/** When each operation of which runs are known began, as far as they say. */
function beginningsOf(history: ReadonlyMap<string, readonly StepRun[]>): Map<string, number> {
  const beginnings = new Map<string, number>();
  for (const { operationId, startedAt } of [...history.values()].flat()) {
    const at = Date.parse(startedAt);
    beginnings.set(operationId, Math.min(at, beginnings.get(operationId) ?? at));
  }
  return beginnings;
}

/** Of each operation the run at this place, the first being 0. */
function nth(runs: readonly StepRun[], place: number): StepRun[] {
  const byOperation = new Map<string, StepRun[]>();
  for (const run of runs) {
    const others = byOperation.get(run.operationId);
    if (others) others.push(run);
    else byOperation.set(run.operationId, [run]);
  }
  return [...byOperation.values()].flatMap(
    (ofOne) => ofOne.sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))[place] ?? [],
  );
}

/** Milliseconds that all these steps usually take one after another; null unless that is known of each. */
export function usualTotal(steps: readonly Pick<Step, 'id'>[], earlier: ReadonlyMap<string, Earlier>): number | null {
  const known = steps.flatMap(({ id }) => earlier.get(id)?.usual ?? []);
  if (known.length === 0 || known.length < steps.length) return null;
  return known.reduce((sum, { median }) => sum + median * 1_000, 0);
}
