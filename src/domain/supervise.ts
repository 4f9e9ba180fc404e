import { keyOf } from './cluster.js';
import { runKeyOf } from './estimate/ended.js';
import { nameOf, readRuns, type StepRun } from './estimate/run.js';
import { runsFor, verdict } from './estimate/verdict.js';
import type { Due, DueStep, Housekeeping, Log, Postponed, ReadStore } from './ports.js';
import type { Recorder } from './record.js';
import { within } from './within.js';
import type { ClusterChange } from './write-set.js';

export interface SuperviseOptions {
  readonly store: Pick<Housekeeping, 'due' | 'postpone'> & Pick<ReadStore, 'stepRuns'>;
  readonly recorder: Pick<Recorder, 'interrupt' | 'markStall'>;
  readonly log: Log;
  /** P3: no silence shorter than this is a stall. */
  readonly stallSeconds: number;
}

/** Milliseconds: other servers' commits are found within `longest`; between two looks there is `shortest`, however much is due. */
const pause = { longest: 5_000, shortest: 500 } as const;
/** Milliseconds until a look ends, of a database that answers: what it does not come to, another server does. */
const closingMs = 2_000;
/** Rows that one look finds. */
const portion = 2_000;

/**
 * What ends or stalls by time (O7, P3, P4), on any number of servers at once. It is looked for at the moment the next of
 * it is due, as known from the last look or from a commit of this server, and now and then for commits of others. What is
 * done is decided under the cluster's lock, so that it is done once.
 */
export class Supervisor {
  readonly #options: SuperviseOptions;
  #timer: NodeJS.Timeout | undefined;
  /** When the next look is, and the last was, by the process's clock. */
  #at = Number.POSITIVE_INFINITY;
  #last = 0;
  /** What was told of while it looked. */
  #sooner = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #closed = false;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    // What has become due while no server ran is overdue already.
    this.#schedule(0);
  }

  /** A commit of this server: what it makes due is looked at in time. */
  announce = (changes: readonly ClusterChange[]): void => {
    for (const { at, operations, steps } of changes) {
      for (const { leaseExpiresAt } of operations) if (leaseExpiresAt) this.#expect(leaseExpiresAt, at);
      for (const { dueAt } of steps) if (dueAt) this.#expect(dueAt, at);
    }
  };

  /** Looks at once at what is due, and does it. */
  async look(): Promise<void> {
    const due = await this.#options.store.due(portion);
    await Promise.all([this.#endOverdue(due), this.#judge(due)]);
    // What one look does not find is due still.
    if (Math.max(due.operations.length, due.steps.length) >= portion) this.#sooner = 0;
    this.#sooner = Math.min(this.#sooner, due.next ? due.next.getTime() - due.now.getTime() : pause.longest);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#looking) await within(closingMs, this.#looking, undefined);
  }

  #expect(due: Date, now: Date): void {
    const wait = Math.max(0, due.getTime() - now.getTime());
    if (wait >= pause.longest) return;
    if (this.#looking) this.#sooner = Math.min(this.#sooner, wait);
    else this.#schedule(wait);
  }

  #schedule(wait: number): void {
    const now = performance.now();
    const at = Math.max(now + Math.min(wait, pause.longest), this.#last + pause.shortest);
    if (this.#closed || at >= this.#at) return;
    this.#at = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), at - now).unref();
  }

  #run(): void {
    this.#sooner = Number.POSITIVE_INFINITY;
    this.#looking = this.look()
      .catch((error) =>
        this.#options.log.warn({ err: error }, 'what is due could not be looked for and will be tried again'),
      )
      .finally(() => {
        this.#looking = null;
        this.#last = performance.now();
        this.#at = Number.POSITIVE_INFINITY;
        this.#schedule(this.#sooner);
      });
  }

  /** O7: decided once more under the cluster's lock, so a report that came meanwhile keeps its operation alive. */
  async #endOverdue({ operations }: Due): Promise<void> {
    await Promise.all(
      operations.map((ref) =>
        this.#options.recorder.interrupt(ref, 'LEASE', ({ leaseExpiresAt, leaseSeconds }, now) =>
          leaseExpiresAt && leaseExpiresAt <= now
            ? `no report came for ${leaseSeconds} s, the time the operation was leased for`
            : null,
        ),
      ),
    );
  }

  /** P3: most that are due have progressed meanwhile, and are due later. */
  async #judge({ steps, now }: Due): Promise<void> {
    if (steps.length === 0) return;
    const { store, recorder, stallSeconds } = this.#options;
    const runs = await this.#runsOf(steps);
    const floor = stallSeconds * 1000;
    const postponed = await Promise.all(
      steps.map(async ({ step, isRunning, heardAt }): Promise<Postponed[]> => {
        const from = step.dueAt as Date;
        const place = { tenantId: step.tenantId, id: step.id, from };
        if (!isRunning) return [{ ...place, to: null }];
        const known = runsFor(step, runs.get(keyOf(step)) ?? []);
        const { stall, dueAt } = verdict({ step, heardAt, now }, known, floor);
        if (stall === null) return [{ ...place, to: dueAt }];
        if (await recorder.markStall(step, known, floor)) return [];
        // Marked so already, or followed by a step that began, or by a report.
        return [{ ...place, to: dueAt ?? new Date(now.getTime() + floor) }];
      }),
    );
    await store.postpone(postponed.flat());
  }

  /** By the step's key. */
  async #runsOf(steps: readonly DueStep[]): Promise<ReadonlyMap<string, readonly StepRun[]>> {
    const keys = steps.map(({ step, pluginName }) => runKeyOf(step, pluginName));
    const different = new Map(keys.map((key) => [nameOf(key), key]));
    const read = await this.#options.store.stepRuns([...different.values()], readRuns);
    const found = new Map([...different.keys()].map((name, index) => [name, read[index] ?? []]));
    return new Map(
      steps.map(({ step, pluginName }) => [keyOf(step), found.get(nameOf(runKeyOf(step, pluginName))) ?? []]),
    );
  }
}
