import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { until } from '../support/wait.js';

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 4 producer. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  /** By their keys, the values as texts. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[];
  /** 2: error. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly service: string;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A receiver of OTLP over HTTP in JSON, on a free port; closed with the test. */
export async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const body = await json(request);
    if (request.url === '/v1/traces') spans.push(...spansIn(body));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans: spans as readonly Span[],
    /** The first span that fits, once it has come. */
    find: (fits: (span: Span) => boolean): Promise<Span> => until(() => spans.find(fits) ?? false) as Promise<Span>,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what a stranger sends
function spansIn(body: any): Span[] {
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  return body.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    // biome-ignore lint/suspicious/noExplicitAny: likewise
    scopeSpans.flatMap(({ spans }: any) => spans.map((span: any) => spanOf(span, recordOf(resource.attributes)))),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: likewise
const spanOf = (span: any, resource: Readonly<Record<string, string>>): Span => ({
  ...span,
  attributes: recordOf(span.attributes),
  links: span.links ?? [],
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  events: (span.events ?? []).map((event: any) => ({ name: event.name, attributes: recordOf(event.attributes) })),
  status: span.status ?? {},
  service: resource['service.name'] ?? '',
});

const recordOf = (attributes: readonly Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
