import { Counter, Histogram, Registry } from 'prom-client';
import { Clash } from '../domain/errors.js';
import type { Meter, TransactionOutcome } from '../domain/meter.js';
import type { FanoutMeter } from '../fanout/meter.js';
import type { Outcome } from '../graphql/outcome.js';
import type { Answer, Asking } from '../transport/telemetry.js';
import { Tally } from './tally.js';

/** Seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

/** The code that a websocket is closed with for bad or ended credentials. */
const forbidden = 4403;

/** Methods that are counted by their name: a client may make up others. */
const methods = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/**
 * What is counted as it happens. Labels have values that the code knows, never what a caller may choose: ids, names, paths,
 * and fields of documents that are not valid are none.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #answers = this.#tally('stepcast_http_answers_total', 'Answers over HTTP', 'method', 'route', 'status');
  readonly #operations = this.#tally(
    'stepcast_operations_total',
    'Root fields of GraphQL operations, by outcome',
    'transport',
    'type',
    'field',
    'code',
  );
  readonly #seconds = this.#histogram('stepcast_operation_seconds', 'From an operation to its answer', buckets, [
    'transport',
    'type',
  ]);
  readonly #unauthenticated = this.#counter('stepcast_authentication_failures_total', 'Credentials not taken', [
    'transport',
  ]);
  readonly #closes = this.#counter('stepcast_websocket_closes_total', 'Websockets closed by this server', ['code']);
  readonly #transactions = this.#histogram('stepcast_transaction_seconds', 'Transactions of the write path', buckets, [
    'outcome',
  ]);
  readonly #batch = this.#histogram('stepcast_batch_reports', 'Mutations, or events in them, of a transaction', sizes);
  readonly #erased = this.#counter('stepcast_erased_rows_total', 'Events that were erased');
  readonly #rendered = this.#counter('stepcast_messages_rendered_total', 'Messages made, each for a group', ['stream']);
  readonly #sent = this.#counter('stepcast_messages_sent_total', 'Messages handed to subscribers');
  readonly #lag = this.#histogram('stepcast_feed_lag_seconds', 'From a commit to when subscribers are served', buckets);
  readonly #coalesced = this.#counter(
    'stepcast_changes_coalesced_total',
    'Commits that shared a message with a later one',
  );
  readonly #resynced = this.#counter('stepcast_feeds_resynced_total', 'Reads of what a feed had missed');

  readonly meter: Omit<Meter, 'origin'> = {
    transaction: async ({ weight }, work) => {
      const since = performance.now();
      const outcome = await work();
      this.#transactions.labels(labelOf(outcome)).observe((performance.now() - since) / 1000);
      this.#batch.observe(weight);
      return outcome;
    },
    erased: (rows) => this.#erased.inc(rows),
  };

  readonly fanout: Pick<FanoutMeter, 'served' | 'resynced'> = {
    served: (delayMs, changes) => {
      this.#lag.observe(Math.max(0, delayMs) / 1000);
      if (changes > 1) this.#coalesced.inc(changes - 1);
    },
    resynced: () => this.#resynced.inc(),
  };

  rendered(stream: string): void {
    this.#rendered.labels(stream).inc();
  }

  sent(subscribers: number): void {
    this.#sent.inc(subscribers);
  }

  answered({ method, route, status, code }: Answer): void {
    this.#answers.count(methods.includes(method) ? method : 'other', route ?? 'none', String(status));
    if (code === 'UNAUTHENTICATED') this.#unauthenticated.labels('http').inc();
  }

  ended({ transport }: Asking, { type, fields, codes }: Outcome, milliseconds: number): void {
    this.#seconds.labels(transport, type ?? 'none').observe(milliseconds / 1000);
    for (const { field, code } of fields) this.#operations.count(transport, type ?? 'none', field, code);
    if (fields.length === 0) this.#operations.count(transport, 'none', 'none', codes[0] ?? 'OK');
  }

  closed(code: number): void {
    this.#closes.labels(String(code)).inc();
    if (code === forbidden) this.#unauthenticated.labels('websocket').inc();
  }

  #tally(name: string, help: string, ...labelNames: string[]): Tally {
    return new Tally(this.registry, name, help, labelNames);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    bounds: number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, buckets: bounds, labelNames, registers: [this.registry] });
  }
}

function labelOf(outcome: TransactionOutcome): string {
  if (outcome.committed) return 'committed';
  return outcome.error instanceof Clash ? 'clash' : 'failed';
}
