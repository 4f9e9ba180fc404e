import type { EventInput, StartOperationInput } from '../../generated/client.js';
import type { Api } from '../api.js';
import { StepcastError } from '../errors.js';
import { ReportedOperation } from './operation.js';
import { Outbox } from './outbox.js';

export interface ReporterOptions {
  /** Called with what could not be reported, and why. Without it, a line on stderr. */
  readonly onProblem?: (problem: Error) => void;
  /**
   * Bytes of reports that may wait while the server is away (default 16 MiB). Beyond them reports are dropped, and the
   * step they belong to is closed as failed, saying how many.
   */
  readonly limit?: number;
}

/** What an operation needs of its reporter. */
export interface Reporting {
  readonly api: Api;
  readonly outbox: Outbox;
  sendEvents(events: EventInput[]): Promise<void>;
  problem(error: unknown): void;
}

/**
 * Reports provisioning. Nothing here waits for the server or throws because of it (E7): what is reported is kept, sent
 * in order, and sent again until it is answered. Call `flush` before the process ends.
 */
export class Reporter {
  readonly #reporting: Reporting;

  constructor(api: Api, { onProblem = warn, limit = 16 * 1024 * 1024 }: ReporterOptions = {}) {
    const problem = (error: unknown) => {
      try {
        onProblem(error instanceof Error ? error : new Error(String(error)));
      } catch (thrown) {
        warn(thrown as Error);
      }
    };
    const sendEvents = async (events: EventInput[]) => {
      const { results } = await api.reportEvents({ events });
      for (const { id, outcome, code, reason } of results) {
        if (outcome === 'REJECTED')
          problem(new StepcastError(code ?? 'INTERNAL', `event ${id} was refused: ${reason}`));
      }
    };
    this.#reporting = { api, problem, sendEvents, outbox: new Outbox({ sendEvents, onRefused: problem, limit }) };
  }

  /** Starts an operation. When the server refuses it, that is a problem told once, and nothing more is sent of it. */
  startOperation(input: StartOperationInput): ReportedOperation {
    return new ReportedOperation(this.#reporting, input);
  }

  /** Reports an operation around the work it consists of, and how it ended. What the work throws is thrown on. */
  async operation<T>(input: StartOperationInput, work: (operation: ReportedOperation) => Promise<T>): Promise<T> {
    const operation = this.startOperation(input);
    try {
      const result = await work(operation);
      operation.finish({ successful: true });
      return result;
    } catch (error) {
      operation.finish({ successful: false, reason: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /** Sets a cluster's status, such as `Configuring`, and more about it. */
  setStatus(clusterId: string, status: string, statusDescription: string | null = null): void {
    const { api, outbox } = this.#reporting;
    outbox.add({
      kind: 'call',
      send: async () => void (await api.updateCluster({ id: clusterId, status, statusDescription })),
    });
  }

  /** Waits until all is delivered, `deadline` milliseconds at most. Says how many reports and calls are still waiting. */
  flush(deadline = 10_000): Promise<number> {
    return this.#reporting.outbox.flush(deadline);
  }
}

const warn = (problem: Error) => console.warn(`stepcast: ${problem.message}`);
