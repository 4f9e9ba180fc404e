import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Outcome } from '../../graphql/outcome.js';
import type { OperationStart } from '../../transport/telemetry.js';
import type { Tracer } from '../tracer.js';

/** Links of a span at most; of requests beyond them it has the number. */
const mostLinks = 128;

/** Codes that are no fault of the request. */
const serverFaults = ['INTERNAL', 'UNAVAILABLE'];

/**
 * From a request to the frames it leads to: a span for each GraphQL operation; one for the transaction that its mutations were
 * written in, beneath the first of them and linked to the others; and beneath that, for each message that it made, one for
 * making it for a group and one for handing it to the group's subscribers. What nobody's trace leads to has none.
 */
export function createTracer(otel: OtelTracer): Tracer {
  const active = new AsyncLocalStorage<SpanContext>();
  const during = async <T>(span: Span, work: () => Promise<T>): Promise<T> => {
    try {
      return await active.run(span.spanContext(), work);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  };

  return {
    origin: () => active.getStore(),

    operation(start) {
      const span = otel.startSpan(
        'graphql',
        { kind: SpanKind.SERVER, attributes: attributesOf(start) },
        parentOf(start),
      );
      return {
        within: (work) => active.run(span.spanContext(), work),
        ended(outcome) {
          conclude(span, outcome);
          span.end();
        },
      };
    },

    transaction({ commands, weight, origins }, work) {
      const sampled = distinct(origins.filter(isSampled));
      const [first, ...others] = sampled;
      if (!first) return work();
      const links = others.slice(0, mostLinks).map((context) => ({ context }));
      const attributes = { 'stepcast.batch.commands': commands, 'stepcast.batch.reports': weight };
      const span = otel.startSpan('transaction', { links, attributes }, contextOf(first));
      return during(span, async () => {
        const outcome = await work();
        span.setAttribute('stepcast.committed', outcome.committed);
        if (!outcome.committed) fail(span, outcome.error);
        return outcome;
      });
    },

    render(origin, stream, work) {
      if (!isSampled(origin)) return work();
      return during(otel.startSpan(`render ${stream}`, {}, contextOf(origin)), work);
    },

    send(origin, subscribers, work) {
      if (!isSampled(origin) || subscribers === 0) return work();
      const attributes = { 'stepcast.subscribers': subscribers };
      return during(otel.startSpan('send', { kind: SpanKind.PRODUCER, attributes }, contextOf(origin)), work);
    },
  };
}

const contextOf = (span: SpanContext): Context => trace.setSpanContext(ROOT_CONTEXT, span);

const isSampled = (origin: unknown): origin is SpanContext =>
  typeof origin === 'object' && origin !== null && 'traceFlags' in origin && ((origin.traceFlags as number) & 1) === 1;

const distinct = (contexts: readonly SpanContext[]) => [...new Map(contexts.map((one) => [one.spanId, one])).values()];

/** W3C Trace Context: what is not of its form begins a new trace. */
function parentOf({ traceparent = '' }: OperationStart): Context {
  const [, traceId, spanId, flags] =
    /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/.exec(traceparent) ?? [];
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT;
  return contextOf({ traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true });
}

const attributesOf = ({ transport, requestId, identity }: OperationStart) => ({
  'network.protocol.name': transport,
  'stepcast.request.id': requestId,
  ...(identity && { 'stepcast.tenant.id': identity.caller.tenantId, 'stepcast.caller': identity.id }),
});

/** By the conventions for GraphQL servers, but for the name: the root field tells more, and there are few of them. */
function conclude(span: Span, { type, name, fields, codes, errorIds }: Outcome): void {
  if (type)
    span.updateName(fields[0] ? `${type} ${fields[0].field}` : type).setAttribute('graphql.operation.type', type);
  if (name) span.setAttribute('graphql.operation.name', name.slice(0, 200));
  const [code] = codes;
  if (!code) return;
  span.setAttribute('error.type', code);
  if (errorIds.length > 0) span.setAttribute('stepcast.error.ids', [...errorIds]);
  if (serverFaults.includes(code)) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

/** Its message is not for those who read traces: it may hold what was sent. */
function fail(span: Span, error: unknown): void {
  const type = error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
}
