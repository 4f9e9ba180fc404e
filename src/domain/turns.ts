/** Milliseconds of one turn of the event loop that long work may take before others are heard. */
const most = 8;

/** When long work began in this turn; null before it has. */
let begun: number | null = null;

/** What waits for a turn, in order. Invariant: while anything does, the next turn is awaited. */
const waiting: (() => void)[] = [];

/** To be asked before long work: whether this turn of the event loop has had enough of it. Then the work is to wait. */
export function isTurnSpent(): boolean {
  if (begun !== null) return performance.now() - begun > most;
  begun = performance.now();
  setImmediate(beginTurn);
  return false;
}

/**
 * Does long work, which must not throw, in a later turn, when requests that came meanwhile have been heard: to be called when
 * this one is spent. Work that waits takes its turns in order, so that none is put off for ever by what comes again and again.
 */
export function inLaterTurn(work: () => void): void {
  waiting.push(work);
}

/** Does long work: at once, or in a later turn. */
export async function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  if (!isTurnSpent()) return work();
  return new Promise((resolve) => {
    inLaterTurn(() => resolve((async () => work())()));
  });
}

function beginTurn(): void {
  begun = null;
  while (waiting.length > 0 && !isTurnSpent()) waiting.shift()?.();
}
