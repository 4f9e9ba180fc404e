import type { EventInput } from '../../generated/client.js';
import type { Step } from '../api.js';
import type { Reporting } from './reporter.js';
import { traceback } from './traceback.js';

export interface StepOptions {
  /** How many units the step has. Without it, the planned total; without that, the step has ended when its work has. */
  readonly total?: number;
  /** Of a step that is not planned: who reports it. Without it, the cluster's plugin. */
  readonly source?: string;
}

/** What a step does its work on (S5): the instance with this id, else the one with this name, else the whole cluster. */
export interface Unit {
  readonly instanceId?: string;
  readonly instanceName?: string;
  readonly nodeGroupId?: string;
}

/** A step that is being performed and reported. */
export class ReportedStep {
  readonly #reporting: Reporting;
  /** The units whose report is on its way, and what it said last. */
  readonly #units = new Map<string, boolean>();
  readonly #told = new Set<unknown>();
  #dropped = 0;
  #remote: Step | null = null;

  constructor(reporting: Reporting) {
    this.#reporting = reporting;
  }

  /** Does a unit's work and reports whether it succeeded, if not with the whole traceback. What it throws is thrown on. */
  async unit<T>(unit: Unit, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#report(unit, true, null);
      return result;
    } catch (error) {
      this.#told.add(error);
      this.#report(unit, false, error);
      throw error;
    }
  }

  /** For the operation: the step as the server knows it; null when it knows none. */
  begun(remote: Step | null): void {
    this.#remote = remote;
  }

  /** For the operation: does the step's work, and closes the step. */
  async perform<T>(work: (step: ReportedStep) => Promise<T>): Promise<T> {
    try {
      const result = await work(this);
      this.#close();
      return result;
    } catch (error) {
      if (this.#isTold(error)) this.#close();
      else this.#fail(describe(error));
      throw error;
    }
  }

  #report(unit: Unit, successful: boolean, error: unknown): void {
    const id = crypto.randomUUID();
    const report = { id, successful, ...unit, eventInfo: successful ? null : describe(error) };
    const taken = this.#reporting.outbox.add({
      kind: 'report',
      size: JSON.stringify(report).length + 50,
      event: () => this.#event(report),
    });
    if (taken) this.#units.set(unit.instanceId ?? unit.instanceName ?? id, successful);
    else this.#drop();
  }

  /** The stated outcome at the limit: told once, and counted until the step ends. */
  #drop(): void {
    if (this.#dropped++ > 0) return;
    this.#reporting.problem(new Error('reports are being dropped: too many are waiting for the server'));
  }

  #event(report: Omit<EventInput, 'stepId'>): EventInput | null {
    return this.#remote && { ...report, stepId: this.#remote.id };
  }

  /** Whether a unit has reported this failure. */
  #isTold(error: unknown): boolean {
    if (error instanceof AggregateError && error.errors.length > 0)
      return error.errors.every((each) => this.#isTold(each));
    return this.#told.has(error);
  }

  /** Closes what its units' reports have not closed by themselves. */
  #close(): void {
    if (this.#dropped > 0) this.#fail(`${this.#dropped} reports were dropped: too many waited for the server`);
    else this.#settle();
  }

  /** A step with a failed unit is closed for the series (S3) and stays open for its units (S8). */
  #settle(): void {
    const { api, outbox, sendEvents } = this.#reporting;
    const failure = { id: crypto.randomUUID(), successful: false };
    outbox.add({
      kind: 'call',
      send: async () => {
        if (!this.#remote || [...this.#units.values()].includes(false)) return;
        const { id, total } = this.#remote;
        const reported = this.#units.size;
        if (total === null) await api.finishStep({ stepId: id, successful: true });
        else if (reported < total) await sendEvents([{ ...failure, stepId: id, eventInfo: missing(reported, total) }]);
      },
    });
  }

  /** One failure of the step as a whole. Its own event id makes it safe to send again (E2). */
  #fail(eventInfo: string): void {
    const report = { id: crypto.randomUUID(), successful: false, eventInfo };
    const send = async () => {
      const event = this.#event(report);
      if (event) await this.#reporting.sendEvents([event]);
    };
    this.#reporting.outbox.add({ kind: 'call', send });
  }
}

const missing = (reported: number, total: number) =>
  `the step's work ended with ${reported} of ${total} units reported`;

/** E7: an error that cannot even be described must not become another one. */
function describe(error: unknown): string {
  try {
    return traceback(error);
  } catch {
    return 'an error that cannot be described';
  }
}
