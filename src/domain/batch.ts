import { readSetOf } from './command.js';
import { Clash, Fault } from './errors.js';
import type { Meter, TransactionOutcome } from './meter.js';
import type { WriteStore } from './ports.js';
import type { Pending } from './queue.js';
import type { UnitOfWork } from './unit-of-work.js';
import type { ClusterChange } from './write-set.js';

export interface BatchOptions {
  readonly writeStore: WriteStore;
  readonly meter: Meter;
  /** Called after each commit, before its callers are answered. Must not throw. */
  readonly committed: (changes: readonly ClusterChange[]) => void;
  /** Called with what may have been committed. Must not throw. */
  readonly unknown: (changes: readonly ClusterChange[]) => void;
}

/** Transactions in which a batch, and at last a single command, is tried when it clashes. */
const tries = { batch: 2, single: 6 };
/** Milliseconds of the longest pause between them: two servers that clash should not do so in step. */
const longestPause = 50;

/**
 * Writes a batch and answers every one of its callers, whatever happens: never rejects. What is committed is answered
 * from the commit alone. A batch that clashes with another server's commit is decided anew, which then sees that; what
 * the store refuses is halved until the command that it refuses is alone, in order, so that one costs its neighbours
 * no more than a few transactions.
 */
export async function writeBatch(batch: readonly Pending[], options: BatchOptions, attempt = 1): Promise<void> {
  const outcome = await options.meter.transaction(metered(batch), () => commit(batch, options));
  if (outcome.committed) return;
  const { error } = outcome;
  const most = batch.length === 1 ? tries.single : tries.batch;
  if (error instanceof Clash && attempt < most) {
    if (attempt > 1) await pause();
    return writeBatch(batch, options, attempt + 1);
  }
  if (batch.length > 1 && !isUnavailable(error)) {
    const half = Math.ceil(batch.length / 2);
    await writeBatch(batch.slice(0, half), options);
    return writeBatch(batch.slice(half), options);
  }
  for (const { reject } of batch) reject(error instanceof Clash ? stillClashing(error) : error);
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * longestPause));

const metered = (batch: readonly Pending[]) => ({
  commands: batch.length,
  weight: batch.reduce((sum, { weight }) => sum + weight, 0),
  origins: batch.map(({ origin }) => origin),
});

async function commit(
  batch: readonly Pending[],
  { writeStore, committed, unknown }: BatchOptions,
): Promise<TransactionOutcome> {
  let changes: readonly ClusterChange[] = [];
  let answers: readonly (() => void)[];
  try {
    answers = await writeStore.transact(readSetOf(batch.map(({ command }) => command)), (work) => {
      const decided = decide(batch, work);
      changes = decided.changes;
      return decided.answers;
    });
  } catch (error) {
    if (isUnavailable(error)) unknown(changes);
    return { committed: false, error };
  }
  committed(changes);
  for (const answer of answers) answer();
  return { committed: true };
}

/** Each command's answer is kept until the commit; it is the caller's only then. */
function decide(batch: readonly Pending[], work: UnitOfWork) {
  const answers = batch.map(({ command, resolve, reject }) => {
    try {
      const result = command.decide(work);
      return () => resolve(result);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return () => reject(error);
    }
  });
  return { answers, changes: work.changesByCluster() };
}

const isUnavailable = (error: unknown) => error instanceof Fault && error.code === 'UNAVAILABLE';

const stillClashing = (cause: Clash) =>
  new Fault('UNAVAILABLE', `other commits came in between ${tries.single} times: try again later`, { cause });
