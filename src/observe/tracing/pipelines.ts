import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { StepCause } from '../../domain/causes/step-cause.js';
import type { Cluster } from '../../domain/cluster.js';
import type { Operation } from '../../domain/operation.js';
import type { Log, ReadStore } from '../../domain/ports.js';
import { withoutSecrets } from '../../domain/secrets.js';
import { cut, printable } from '../../domain/shown.js';
import type { Step } from '../../domain/step.js';
import { within } from '../../domain/within.js';
import type { ClusterChange } from '../../domain/write-set.js';
import type { SpanExport } from './export.js';
import { spanIdOf, traceIdOf } from './ids.js';
import { resultOf, stepResultOf } from './results.js';

export type PipelineStore = Pick<ReadStore, 'stepsOfOperations' | 'causesOfSteps'>;

export interface PipelineOptions {
  readonly readStore: PipelineStore;
  readonly log: Log;
  readonly spans: SpanExport['pipelines'];
}

interface Ended {
  readonly cluster: Cluster;
  readonly operation: Operation;
}

/** Ended operations that wait to be read; what comes beyond them is not exported. */
const mostWaiting = 1_000;
/** Milliseconds that the last of them may take at shutdown. */
const closingMs = 1_000;
/** Characters of what an exception says. */
const mostText = 1_000;

/**
 * Operations and their steps as spans, by OpenTelemetry's conventions for CI/CD: a pipeline run and its tasks, with the times at which
 * they were. Exported when an operation has ended, by the server whose commit ended it; one that comes back (O7) and ends
 * again is exported again, as the same spans.
 */
export class Pipelines {
  readonly #options: PipelineOptions;
  readonly #waiting: Ended[] = [];
  #exporting: Promise<void> | null = null;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  announce = (changes: readonly ClusterChange[]): void => {
    for (const { cluster, operations } of changes) {
      for (const operation of operations) {
        if (operation.completedAt === null || this.#waiting.length >= mostWaiting) continue;
        this.#waiting.push({ cluster, operation });
      }
    }
    if (this.#waiting.length === 0) return;
    this.#exporting ??= this.#exportAll().finally(() => {
      this.#exporting = null;
    });
  };

  async close(): Promise<void> {
    if (this.#exporting) await within(closingMs, this.#exporting, undefined);
  }

  /** Never rejects. */
  async #exportAll(): Promise<void> {
    for (let ended = this.#waiting.shift(); ended; ended = this.#waiting.shift()) {
      try {
        await this.#export(ended);
      } catch (err) {
        const { tenantId, id: operationId } = ended.operation;
        this.#options.log.warn({ err, tenantId, operationId }, 'an operation could not be exported as spans');
      }
    }
  }

  async #export({ cluster, operation }: Ended): Promise<void> {
    const { readStore } = this.#options;
    const { tenantId } = operation;
    const [steps = []] = await readStore.stepsOfOperations(tenantId, [operation.id]);
    const failed = steps.filter(({ failed }) => failed > 0).map(({ id }) => id);
    const causes = failed.length > 0 ? await readStore.causesOfSteps(tenantId, failed) : [];
    this.#run(cluster, operation);
    for (const step of steps) this.#task(operation, step, mostFrequent(causes[failed.indexOf(step.id)] ?? []));
  }

  /** A pipeline run. */
  #run(cluster: Cluster, operation: Operation): void {
    const { result, error } = resultOf(operation);
    const pipeline = `${cluster.pluginName ?? 'infra'} ${operation.type}`;
    this.#span(operation, operation.id, {
      name: `RUN ${pipeline}`,
      kind: SpanKind.SERVER,
      start: operation.startedAt,
      end: operation.completedAt ?? operation.startedAt,
      error: error === null ? null : { type: error, message: operation.reason },
      attributes: {
        'cicd.pipeline.name': pipeline,
        'cicd.pipeline.run.id': operation.id,
        'cicd.pipeline.action.name': 'RUN',
        'cicd.pipeline.result': result,
        'stepcast.tenant.id': operation.tenantId,
        'stepcast.cluster.id': cluster.id,
        'stepcast.cluster.name': cluster.name,
      },
    });
  }

  /** A task of it. One that never ran has no length, at the end. */
  #task(operation: Operation, step: Step, cause: StepCause | null): void {
    const over = operation.completedAt ?? operation.startedAt;
    const { result, error } = stepResultOf(step, operation);
    this.#span(operation, step.id, {
      name: step.stepName,
      kind: SpanKind.INTERNAL,
      start: step.startedAt ?? over,
      end: step.completedAt ?? (step.startedAt ? (step.lastReportAt ?? over) : over),
      error: error === null ? null : { type: error, message: cause?.pattern ?? null },
      attributes: {
        'cicd.pipeline.task.name': step.stepName,
        'cicd.pipeline.task.run.id': step.id,
        'cicd.pipeline.task.run.result': result,
        'stepcast.step.source': step.source,
        'stepcast.units.completed': step.completed,
        'stepcast.units.failed': step.failed,
        ...(step.total !== null && { 'stepcast.units.total': step.total }),
      },
    });
  }

  #span(
    { tenantId, id: operationId }: Operation,
    id: string,
    { name, kind, start, end, error, attributes }: Shape,
  ): void {
    const { tracer, ids } = this.#options.spans;
    const traceId = traceIdOf(tenantId, operationId);
    const isRun = id === operationId;
    const parent = { traceId, spanId: spanIdOf(tenantId, operationId), traceFlags: 1 };
    ids.next = { trace: traceId, span: spanIdOf(tenantId, id) };
    const context = isRun ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const span = tracer.startSpan(name, { kind, startTime: start, attributes }, context);
    ids.next = null;
    if (error) {
      const message = error.message === null ? error.type : cut(printable(withoutSecrets(error.message)), mostText);
      span.setAttribute('error.type', error.type).setStatus({ code: SpanStatusCode.ERROR, message });
      span.addEvent('exception', { 'exception.type': error.type, 'exception.message': message }, end);
    }
    span.end(end);
  }
}

interface Shape {
  readonly name: string;
  readonly kind: SpanKind;
  readonly start: Date;
  readonly end: Date;
  readonly error: { readonly type: string; readonly message: string | null } | null;
  readonly attributes: Readonly<Record<string, string | number>>;
}

const mostFrequent = (causes: readonly StepCause[]): StepCause | null =>
  causes.reduce<StepCause | null>((most, cause) => (cause.units > (most?.units ?? -1) ? cause : most), null);
