import type { Ref } from './cluster.js';
import type { Operation } from './operation.js';
import type { Housekeeping, Log } from './ports.js';
import type { Recorder } from './record.js';

export interface ForgetOptions {
  readonly store: Housekeeping;
  readonly recorder: Recorder;
  readonly log: Log;
  readonly eraseIntervalSeconds: number;
  readonly eraseGraceSeconds: number;
  readonly retentionDays: number;
}

/** How often leases are looked at, in seconds. */
const leaseInterval = 5;
/** Rows a statement erases, and operations a round ends. */
const portion = 2_000;

/** The periodic tasks: erasing what is redundant or expired (F1-F3), and ending what nobody works on (S12). */
export function startForgetting(options: ForgetOptions): { close(): Promise<void> } {
  const tasks = [
    repeat(options.eraseIntervalSeconds, options.log, (stopped) => erase(options, stopped)),
    repeat(leaseInterval, options.log, () => endOverdue(options)),
  ];
  return { close: async () => void (await Promise.all(tasks.map((task) => task.stop()))) };
}

/** F1, F2, F3: portion by portion, so that no statement is long. */
export async function erase(
  { store, eraseGraceSeconds, retentionDays }: Pick<ForgetOptions, 'store' | 'eraseGraceSeconds' | 'retentionDays'>,
  stopped: () => boolean = () => false,
): Promise<void> {
  while (!stopped() && (await store.eraseRedundant(eraseGraceSeconds, portion)) >= portion);
  while (!stopped() && (await store.eraseExpired(retentionDays, portion)) >= portion);
}

/** S12: judged once more under the cluster's lock, so a report that came meanwhile keeps its operation alive. */
export async function endOverdue({ store, recorder }: Pick<ForgetOptions, 'store' | 'recorder'>): Promise<void> {
  await endEach(recorder, await store.overdueOperations(false, portion), (operation, now) =>
    operation.leaseExpiresAt && operation.leaseExpiresAt <= now
      ? `no report came for ${operation.leaseSeconds} s, the time the operation was leased for`
      : null,
  );
}

/** F4: with the event log switched off nobody can finish what runs, so it is ended. */
export async function endAll({ store, recorder }: Pick<ForgetOptions, 'store' | 'recorder'>): Promise<void> {
  for (
    let refs = await store.overdueOperations(true, portion);
    refs.length > 0;
    refs = await store.overdueOperations(true, portion)
  ) {
    await endEach(recorder, refs, () => 'the event log was switched off');
  }
}

async function endEach(
  recorder: Recorder,
  refs: readonly Ref[],
  reason: (operation: Operation, now: Date) => string | null,
) {
  await Promise.all(refs.map((ref) => recorder.interrupt(ref, reason)));
}

/** Runs a task now and then, never twice at once; a failed round is logged and the next one tries again. */
function repeat(seconds: number, log: Log, task: (stopped: () => boolean) => Promise<void>) {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => (stopped ? undefined : task(() => stopped)))
      .catch((error) => log.warn({ err: error }, 'a periodic task failed and will be tried again'));
  }, seconds * 1000);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
