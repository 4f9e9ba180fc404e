import type { EventInput } from '../../generated/client.js';
import type { Api } from '../api.js';
import { StepcastError } from '../errors.js';
import { tellAtExit } from './exit.js';
import { type OperationOptions, ReportedOperation } from './operation.js';
import { Outage } from './outage.js';
import { Outbox } from './outbox.js';
import type { Reporting } from './reporting.js';
import { headline } from './traceback.js';

export interface ReporterOptions {
  /**
   * Called with what could not be reported, and why; at the end of the process, with how much was not delivered: then only
   * what it does at once is done. By default, a line on stderr.
   */
  readonly onProblem?: (problem: Error) => void;
  /**
   * Called with what the reporter does meanwhile: waiting for another operation, or for a server that is away for long, and
   * that it is back. By default, a line on stderr.
   */
  readonly onNotice?: (message: string) => void;
  /** Milliseconds of a clock that nobody sets, by which the ages of kept reports are measured; `performance.now` by default. */
  readonly now?: () => number;
  /**
   * Bytes of reports that may wait while the server is away (default 16 MiB). Beyond them reports are dropped, and the
   * step they belong to is closed as failed, saying how many.
   */
  readonly limit?: number;
}

/**
 * Reports provisioning. Nothing here waits for the server or throws because of it (E7): reports are queued, sent in order,
 * and repeated until they are acknowledged. Call `flush` before the process ends.
 */
export class Reporter {
  readonly #reporting: Reporting;

  constructor(api: Api, options: ReporterOptions = {}) {
    const { onProblem = warn, onNotice = say, limit = 16 * 1024 * 1024, now = () => performance.now() } = options;
    const problem = safely((error: unknown) => onProblem(error instanceof Error ? error : new Error(headline(error))));
    const notice = safely(onNotice);
    const sendEvents = async (events: EventInput[]) => {
      const { results } = await api.reportEvents({ events });
      return results.map(({ id, outcome, code, reason }) =>
        outcome === 'REJECTED' ? new StepcastError(code ?? 'INTERNAL', `event ${id} was refused: ${reason}`) : null,
      );
    };
    const ageFromNow = (already = 0) => {
      const then = now() - already;
      return () => Math.min(mostAge, Math.max(0, Math.round(now() - then)));
    };
    const outage = new Outage({ now, notice });
    const onWaiting = tellAtExit(() => outbox.pending, problem);
    const outbox: Outbox = new Outbox({ sendEvents, onRefused: problem, onWaiting, limit, outage });
    this.#reporting = { api, problem, notice, ageFromNow, outbox };
  }

  /** Starts an operation. If the server refuses it, `onProblem` is called once, and nothing further of it is sent. */
  startOperation(input: OperationOptions): ReportedOperation {
    return new ReportedOperation(this.#reporting, input);
  }

  /** Reports an operation around the work it consists of, and how it ended. What the work throws is rethrown. */
  async operation<T>(input: OperationOptions, work: (operation: ReportedOperation) => Promise<T>): Promise<T> {
    const operation = this.startOperation(input);
    try {
      const result = await operation.perform(work);
      operation.finish({ successful: true });
      return result;
    } catch (error) {
      operation.finish({ successful: false, reason: headline(error) });
      throw error;
    }
  }

  /** Sets a cluster's status, such as `Configuring`, and its description. */
  setStatus(clusterId: string, status: string, statusDescription: string | null = null): void {
    const { api, outbox } = this.#reporting;
    outbox.add({
      kind: 'call',
      send: async () => void (await api.updateCluster({ id: clusterId, status, statusDescription })),
    });
  }

  /** Waits until all is delivered, `deadline` milliseconds at most. Resolves with the number of reports and calls that are still waiting. */
  flush(deadline = 10_000): Promise<number> {
    return this.#reporting.outbox.flush(deadline);
  }
}

/** Milliseconds: what an Int holds, 24 days. */
const mostAge = 2 ** 31 - 1;

/** E7: what a callback throws is told, and does not disturb the work. */
function safely<Value>(callback: (value: Value) => void): (value: Value) => void {
  return (value) => {
    try {
      callback(value);
    } catch (thrown) {
      warn(thrown);
    }
  };
}

const say = (message: string) => console.warn(`stepcast: ${message}`);
const warn = (problem: unknown) => say(headline(problem));
