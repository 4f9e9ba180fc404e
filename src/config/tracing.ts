import { z } from 'zod';
import { address, text } from './values.js';

/** Where traces are sent, and as whose. */
export interface TracingOptions {
  /** That of an OTLP receiver for traces, over HTTP. */
  readonly url: string;
  readonly serviceName: string;
}

/**
 * Those of OpenTelemetry's own variables that decide whether traces are sent, and where. What its SDK reads besides them
 * (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` …) means what its specification says.
 */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: address('http', 'https'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address('http', 'https'),
  OTEL_EXPORTER_OTLP_PROTOCOL: text.optional(),
  OTEL_SERVICE_NAME: text.default('stepcast'),
  OTEL_SDK_DISABLED: text.default('false'),
};

const schema = z.object(tracingVariables);
type Values = z.infer<typeof schema>;

/** The endpoint of all signals has a path for each; that of traces is used as it is (OpenTelemetry's specification). */
export function tracingOf(values: Values): TracingOptions | null {
  if (values.OTEL_SDK_DISABLED.toLowerCase() === 'true') return null;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = values;
  const url = traces ?? (all && `${all.replace(/\/$/, '')}/v1/traces`);
  return url ? { url, serviceName: values.OTEL_SERVICE_NAME } : null;
}

export function tracingFaults(values: Values): string[] {
  const { OTEL_EXPORTER_OTLP_PROTOCOL: protocol } = values;
  if (tracingOf(values) === null || !protocol || protocol.startsWith('http/')) return [];
  return [
    `OTEL_EXPORTER_OTLP_PROTOCOL: expected http/json, which receivers take on the port of http/protobuf, got ${JSON.stringify(protocol)}`,
  ];
}
