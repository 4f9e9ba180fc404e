import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/domain/event.js';
import { EventBuffer, type LogPage } from '../../src/fanout/event-buffer.js';

const event = (revision: number, over: Partial<Event> = {}): Event => ({
  tenantId: 'tenant',
  id: `event-${revision}`,
  clusterId: 'cluster',
  provisionStepId: 'step',
  nodeGroupId: null,
  instanceId: null,
  instanceName: null,
  eventInfo: null,
  successful: revision % 3 > 0,
  errorId: null,
  late: false,
  withdrawn: false,
  occurredAt: new Date(0),
  revision,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  ...over,
});

const endless = Number.POSITIVE_INFINITY;
const all = () => true;
const isFailure = ({ successful }: Event) => !successful;

interface Sizes {
  readonly events: number;
  readonly bytes: number;
  /** Events in a page. */
  readonly page: number;
  /** Bytes of text with which a page ends. */
  readonly pageBytes?: number;
}

const textOf = (events: readonly Event[]) => events.reduce((sum, { eventInfo }) => sum + (eventInfo?.length ?? 0), 0);

/** A log as a database keeps it, whose reads are answered when the test says; and a buffer of it. */
class Story {
  readonly log: Event[] = [];
  readonly buffer: EventBuffer;
  head = 0;
  /** Up to here everything was erased. */
  #erased = 0;
  readonly #page: number;
  readonly #pageBytes: number;
  /** Pages asked for. */
  reads = 0;
  readonly #reads: { answer(): void; fail(): void }[] = [];
  #readers = 0;

  constructor({ page, pageBytes = 512 * 1024, ...sizes }: Sizes) {
    this.#page = page;
    this.#pageBytes = pageBytes;
    this.buffer = new EventBuffer(0, { ...sizes, readPage: (after) => this.#read(after) });
  }

  /** A commit of so many events, each so far beyond the one before. Whoever `misses` it is told later that it was. */
  commit(gaps: readonly number[], bytes = 0): Event[] {
    const events = gaps.map((gap) => {
      this.head += gap;
      return event(this.head, bytes > 0 ? { eventInfo: 'x'.repeat(bytes) } : {});
    });
    this.log.push(...events);
    return events;
  }

  /** A commit of no event that marks one: its row changes, not its place. Answers its id, if there is one. */
  withdraw(share: number): string[] {
    this.head += 1;
    const index = Math.floor((this.log.length - 1) * share);
    const event = this.log[index];
    if (!event) return [];
    this.log[index] = { ...event, withdrawn: true };
    return [event.id];
  }

  erase(share: number): void {
    this.#erased = Math.max(this.#erased, Math.floor(this.head * share));
  }

  /** A reader asks for the log from a revision on; whether it could be served is no matter here. */
  ask(after: number): void {
    this.#readers += 1;
    this.buffer.reachBackTo(after).then(
      () => this.#left(),
      () => this.#left(),
    );
  }

  /** Readers whose backfill is under way. */
  get waiting(): number {
    return this.#readers;
  }

  #left(): void {
    this.#readers -= 1;
  }

  /** The oldest read that is under way is answered, or fails. */
  async settle(how: 'answer' | 'fail'): Promise<void> {
    this.#reads.shift()?.[how]();
    await turn();
  }

  async settleAll(): Promise<void> {
    while (this.#reads.length > 0) await this.settle('answer');
    await turn();
    expect(this.#readers).toBe(0);
  }

  /** What the buffer says it has, it has: looked at from each so-many-th revision. */
  check(every = 1): void {
    const { buffer, log, head } = this;
    for (let after = buffer.from; after <= head; after += every) {
      const later = log.filter(({ revision }) => revision > after);
      expect(buffer.after(after, endless, endless, all)).toEqual(later);
      expect(buffer.after(after, 2, endless, isFailure)).toEqual(later.filter(isFailure).slice(0, 2));
    }
  }

  /** The database's moment is when it is asked; the answer comes later. */
  #read(after: number): Promise<LogPage> {
    const left = this.log.filter(({ revision }) => revision > after && revision > this.#erased);
    const events = left.slice(0, this.#page);
    // A page also ends with the event with which its texts come to so many bytes.
    const full = events.findIndex((_, index) => textOf(events.slice(0, index + 1)) >= this.#pageBytes);
    if (full >= 0) events.splice(full + 1);
    const page = {
      events,
      complete: full < 0 && left.length < this.#page,
      erasedThrough: this.#erased > after ? this.#erased : 0,
    };
    this.reads += 1;
    return new Promise((resolve, reject) => {
      this.#reads.push({ answer: () => resolve(page), fail: () => reject(new Error('the database is away')) });
    });
  }
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const texts = fc.constantFrom(0, 0, 1, 3);
const gaps = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 });
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ pushed: gaps, bytes: texts }) },
  { weight: 2, arbitrary: fc.record({ missed: gaps, bytes: texts }) },
  { weight: 6, arbitrary: fc.record({ reader: share }) },
  { weight: 8, arbitrary: fc.constant('answer' as const) },
  { weight: 1, arbitrary: fc.constant('fail' as const) },
  { weight: 1, arbitrary: fc.record({ erased: share }) },
  { weight: 2, arbitrary: fc.record({ withdrawn: share, told: fc.boolean() }) },
);
const sizes = fc.record({
  events: fc.integer({ min: 1, max: 12 }),
  bytes: fc.integer({ min: 1, max: 30 }),
  page: fc.integer({ min: 1, max: 6 }),
  pageBytes: fc.integer({ min: 1, max: 10 }),
});

test('W4, O7: in any order of commits, holes, readers, failing reads, erasing and withdrawals, it serves exactly the log', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.array(happening, { maxLength: 40 }), async (sizes, story) => {
      const told = new Story(sizes);
      for (const next of story) {
        if (next === 'answer' || next === 'fail') await told.settle(next);
        else if ('pushed' in next) told.buffer.push(told.commit(next.pushed, next.bytes));
        else if ('reader' in next) told.ask(Math.floor(told.head * next.reader));
        else if ('erased' in next) told.erase(next.erased);
        else if ('withdrawn' in next) {
          const ids = told.withdraw(next.withdrawn);
          if (next.told) told.buffer.withdraw(ids);
          else told.buffer.restart(told.head);
        } else {
          told.commit(next.missed, next.bytes);
          told.buffer.restart(told.head);
        }
        told.check();
      }
      await told.settleAll();
      told.check();
    }),
    { numRuns: 1_000 },
  );
});

test('W4: two readers ask at once, the buffer moves on, and a third comes back just behind it: nothing is missing', async () => {
  const told = new Story({ events: 2_000, bytes: 1_000_000, page: 500 });
  told.commit(new Array(1_000).fill(1));
  told.buffer.restart(told.head);
  told.ask(10);
  told.ask(20);
  for (let commit = 0; commit < 60; commit++) told.buffer.push(told.commit(new Array(100).fill(1)));
  await told.settleAll();
  told.ask(told.buffer.from - 5);
  await told.settleAll();
  told.check(97);
});

test('W4: a page that was read before a commit does not reach over it', async () => {
  const told = new Story({ events: 100, bytes: 1_000_000, page: 50 });
  told.commit([1, 1, 1]);
  told.buffer.restart(told.head);
  told.ask(1);
  told.commit([1, 1]);
  told.buffer.restart(told.head);
  await told.settle('answer');
  told.check();
  await told.settleAll();
  expect(told.buffer.from).toBe(1);
  told.check();
});

test('O7: what was withdrawn while it was read is not served as it was before', async () => {
  for (const isTold of [true, false]) {
    const told = new Story({ events: 100, bytes: 1_000_000, page: 2 });
    told.commit([1, 1, 1, 1]);
    told.buffer.restart(told.head);
    told.ask(0);
    await told.settle('answer');
    const ids = told.withdraw(0);
    if (isTold) told.buffer.withdraw(ids);
    else told.buffer.restart(told.head);
    await told.settleAll();
    expect(told.buffer.after(0, 1, endless, all)).toMatchObject([{ revision: 1, withdrawn: true }]);
    told.check();
  }
});

test('it does not reach back over what was erased, and does not ask for it again', async () => {
  const told = new Story({ events: 100, bytes: 1_000_000, page: 50 });
  told.commit(new Array(20).fill(1));
  told.buffer.restart(told.head);
  told.erase(0.5);
  for (const after of [3, 3, 2]) {
    told.ask(after);
    await told.settleAll();
    expect(told.buffer.from).toBe(20);
  }
  told.ask(12);
  await told.settleAll();
  expect(told.buffer.from).toBe(12);
  told.check();
});

test('a backfill is bounded by bytes: it brings the newest that fit, older texts are left to the store', async () => {
  const told = new Story({ events: 2_000, bytes: 640_000, page: 8 });
  told.commit(new Array(100).fill(1), 64_000);
  told.buffer.restart(told.head);
  told.ask(0);
  await told.settleAll();
  expect([told.buffer.from, told.buffer.bytes]).toEqual([90, 640_000]);
  told.check();
});

test('readers who come back at once, the newest first, cost two backfills together', async () => {
  const told = new Story({ events: 2_000, bytes: 1_000_000, page: 500 });
  told.commit(new Array(1_000).fill(1));
  told.buffer.restart(told.head);
  for (let missed = 1; missed <= 50; missed++) told.ask(told.head - missed);
  await told.settleAll();
  expect([told.buffer.from, told.reads]).toEqual([950, 2]);
});

test('many who come back to texts too long to hold cost two passes over the log together', async () => {
  const told = new Story({ events: 2_000, bytes: 128 * 1_000, page: 500, pageBytes: 8 * 1_000 });
  told.commit(new Array(1_000).fill(1), 1_000);
  told.buffer.restart(told.head);
  for (let place = 0; place < 1_000; place += 10) told.ask(place);
  await told.settleAll();
  expect(told.buffer.from).toBe(872);
  expect(told.reads).toBeLessThanOrEqual(2 * (1_000 / 8));
});

test('a server that only hears hints, each during a read, lets a reader go after two passes over the log', async () => {
  const told = new Story({ events: 2_000, bytes: 1_000_000, page: 500 });
  told.commit(new Array(20).fill(1));
  told.buffer.restart(told.head);
  told.ask(10);
  for (let heal = 0; heal < 3; heal++) {
    told.commit([1, 1]);
    told.buffer.restart(told.head);
    await told.settle('answer');
    told.check();
  }
  expect([told.waiting, told.reads]).toEqual([0, 2]);
});

test('many who come back to what was erased cost three reads together', async () => {
  const told = new Story({ events: 2_000, bytes: 1_000_000, page: 2_000 });
  told.commit(new Array(1_000).fill(1));
  told.buffer.restart(told.head);
  told.erase(0.5);
  for (let place = 0; place < 1_000; place += 10) told.ask(place);
  await told.settleAll();
  expect(told.buffer.from).toBe(500);
  expect(told.reads).toBeLessThanOrEqual(3);
});

test('it holds at most twice as many events as it is to keep, and as many as that since the last hole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: gaps }, fc.constant('hole' as const))),
      sizes,
      (story, sizes) => {
        const told = new Story(sizes);
        let seen = 0;
        for (const next of story) {
          if (next === 'hole') {
            told.commit([1]);
            told.buffer.restart(told.head);
            seen = 0;
          } else {
            told.buffer.push(told.commit(next));
            seen += next.length;
          }
        }
        const held = told.buffer.after(told.buffer.from, endless, endless, all).length;
        expect(held).toBeLessThanOrEqual(sizes.events * 2);
        expect(held).toBeGreaterThanOrEqual(Math.min(sizes.events, seen));
      },
    ),
  );
});

test('it holds at most twice as many bytes of text as it is to keep, and the newest of them', () => {
  const told = new Story({ events: 2_000, bytes: 8 * 2 ** 20, page: 500 });
  for (let revision = 1; revision <= 400; revision++) {
    told.buffer.push(told.commit([1], 64 * 1024));
    const held = told.buffer.after(told.buffer.from, endless, endless, all);
    expect(held.at(-1)?.revision).toBe(revision);
    expect(held).toHaveLength(revision - told.buffer.from);
    expect(held.length).toBeLessThanOrEqual(256);
    expect(held.length).toBeGreaterThanOrEqual(Math.min(revision, 128));
  }
});

test('what it does not reach back to, it does not pretend to have', () => {
  const told = new Story({ events: 10, bytes: 1_000_000, page: 5 });
  told.commit([1, 1, 1]);
  told.buffer.restart(told.head);
  expect(() => told.buffer.after(2, endless, endless, all)).toThrow(RangeError);
});
