import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { Log } from '../../domain/ports.js';
import { withoutSecrets } from '../../domain/secrets.js';
import { within } from '../../domain/within.js';
import { Ids } from './ids.js';

export interface SpanExport {
  /** Of requests, as `OTEL_TRACES_SAMPLER` samples them. */
  readonly requests: Tracer;
  /** Of operations and steps: all of them, by ids that follow from theirs. */
  readonly pipelines: { readonly tracer: Tracer; readonly ids: Ids };
  close(): Promise<void>;
}

/** Spans that wait to be sent; what comes beyond them while the receiver is away is dropped. */
const queue = { maxQueueSize: 4_096, maxExportBatchSize: 512, scheduledDelayMillis: 1_000, exportTimeoutMillis: 5_000 };

/** Milliseconds that the last of them may take at shutdown. */
const closingMs = 2_000;
/** Milliseconds between two lines about a receiver that takes nothing. */
const complaintMs = 60_000;

/** Sets nothing of the process, as OpenTelemetry's own start would: several servers may be in one. */
export function openExport(
  { url, serviceName }: { readonly url: string; readonly serviceName: string },
  log: Log,
  version: string,
): SpanExport {
  const resource = defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }));
  const exporter = complaining(new OTLPTraceExporter({ url, timeoutMillis: queue.exportTimeoutMillis }), url, log);
  const processor = new BatchSpanProcessor(exporter, queue);
  const ids = new Ids();
  const requests = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const pipelines = new BasicTracerProvider({
    resource,
    spanProcessors: [processor],
    sampler: new AlwaysOnSampler(),
    idGenerator: ids,
  });
  return {
    requests: requests.getTracer('stepcast', version),
    pipelines: { tracer: pipelines.getTracer('stepcast', version), ids },
    close: () => within(closingMs, processor.shutdown(), undefined).catch(() => {}),
  };
}

/** Says so, now and then, when spans cannot be sent: nothing else depends on it. */
function complaining(exporter: SpanExporter, url: string, log: Log): SpanExporter {
  let saidAt = Number.NEGATIVE_INFINITY;
  const complain = (err: Error | undefined, spans: number) => {
    if (performance.now() - saidAt < complaintMs) return;
    saidAt = performance.now();
    log.warn({ err, url: withoutSecrets(url), spans }, 'traces could not be sent, and are dropped: work goes on');
  };
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        if (result.code !== 0) complain(result.error, spans.length);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() as Promise<void> }),
  };
}
