import { createHash } from 'node:crypto';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';

/**
 * Ids of spans that follow from what they are of: whoever exports an operation twice, or on another server, exports the same spans.
 * `next` is for the span that is started next, in the same turn.
 */
export class Ids implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  next: { readonly trace: string; readonly span: string } | null = null;

  generateTraceId = (): string => this.next?.trace ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.next?.span ?? this.#random.generateSpanId();
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** An operation's trace; ids are unique within a tenant. */
export const traceIdOf = (tenantId: string, id: string): string =>
  digest(`trace ${tenantId.length}:${tenantId}/${id}`).slice(0, 32);
export const spanIdOf = (tenantId: string, id: string): string =>
  digest(`span ${tenantId.length}:${tenantId}/${id}`).slice(0, 16);
