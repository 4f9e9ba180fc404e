import { type Meter, unmetered } from './meter.js';
import type { Housekeeping, Log } from './ports.js';
import type { Recorder } from './record.js';
import { within } from './within.js';

export interface ForgetOptions {
  readonly store: Housekeeping;
  readonly log: Log;
  readonly meter?: Pick<Meter, 'erased'>;
  readonly eraseIntervalSeconds: number;
  readonly eraseGraceSeconds: number;
  readonly retentionDays: number;
}

export interface EndOptions {
  readonly store: Pick<Housekeeping, 'runningOperations'>;
  readonly recorder: Pick<Recorder, 'interrupt'>;
}

/** Rows a statement erases, and operations a round ends. */
const portion = 2_000;

/** The periodic task: erasing what is redundant or expired (F1-F3). */
export function startForgetting(options: ForgetOptions): { close(): Promise<void> } {
  const task = repeat(options.eraseIntervalSeconds, options.log, (stopped) => erase(options, stopped));
  return { close: () => task.stop() };
}

/** F1, F2, F3: portion by portion, so that no statement is long. */
export async function erase(
  { store, meter = unmetered, eraseGraceSeconds, retentionDays }: Omit<ForgetOptions, 'log' | 'eraseIntervalSeconds'>,
  stopped: () => boolean = () => false,
): Promise<void> {
  const all = async (next: () => Promise<number>) => {
    for (let rows = portion; !stopped() && rows >= portion; ) {
      rows = await next();
      meter.erased(rows);
    }
  };
  await all(() => store.eraseRedundant(eraseGraceSeconds, portion));
  await all(() => store.eraseExpired(retentionDays, portion));
}

/** F4: with the event log switched off, running operations cannot be finished by reports, so they are ended. */
export async function endAll({ store, recorder }: EndOptions): Promise<void> {
  const next = () => store.runningOperations(portion);
  for (let refs = await next(); refs.length > 0; refs = await next()) {
    await Promise.all(
      refs.map((ref) => recorder.interrupt(ref, 'INTERRUPTED', () => 'the event log was switched off')),
    );
  }
}

/** Milliseconds until a round ends, of a database that answers: what a round does not come to, the next server does. */
const closingMs = 2_000;

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
      await within(closingMs, running, undefined);
    },
  };
}
