import type { Log } from '../../domain/ports.js';
import type { ClusterChange } from '../../domain/write-set.js';
import type { Tracer } from '../tracer.js';
import { openExport } from './export.js';
import { type PipelineStore, Pipelines } from './pipelines.js';
import { createTracer } from './spans.js';

export interface TracingParts {
  readonly readStore: PipelineStore;
  readonly log: Log;
  readonly version: string;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** A commit of this server: the operations that it has ended are exported. Never throws and never waits. */
  announce(changes: readonly ClusterChange[]): void;
  /** Sends what is still to be sent, if the receiver takes it in time. */
  close(): Promise<void>;
}

/** Sends traces to a receiver of OTLP. Loaded only where one is configured. */
export function openTracing(
  options: { readonly url: string; readonly serviceName: string },
  { readStore, log, version }: TracingParts,
): Tracing {
  const spans = openExport(options, log, version);
  const pipelines = new Pipelines({ readStore, log, spans: spans.pipelines });
  return {
    tracer: createTracer(spans.requests),
    announce: pipelines.announce,
    async close() {
      await pipelines.close();
      await spans.close();
    },
  };
}
