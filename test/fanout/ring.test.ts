import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/domain/event.js';
import { Ring } from '../../src/fanout/ring.js';

const event = (revision: number, successful: boolean): Event => ({
  tenantId: 'tenant',
  id: `event-${revision}`,
  clusterId: 'cluster',
  provisionStepId: 'step',
  nodeGroupId: null,
  instanceId: null,
  instanceName: null,
  eventInfo: null,
  successful,
  errorId: null,
  revision,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

/** A batch of events, each so far beyond the one before; or a hole in what was seen, so far on. */
const pushed = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), successful: fc.boolean() }), {
  maxLength: 30,
});
const missed = fc.integer({ min: 1, max: 5 });
const history = fc.array(fc.oneof({ weight: 9, arbitrary: pushed }, missed), { maxLength: 30 });

const endless = Number.POSITIVE_INFINITY;

test('W4: a ring answers as the whole log would, for every revision it says it reaches back to', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 }), (history, size, most) => {
      const { ring, log, head } = play(history, size);
      for (let after = ring.from; after <= head + 1; after++) {
        const later = log.filter((event) => event.revision > after);
        expect(ring.after(after, most, endless, () => true)).toEqual(later.slice(0, most));
        expect(ring.after(after, most, endless, isFailure)).toEqual(later.filter(isFailure).slice(0, most));
      }
    }),
  );
});

test('a ring holds at most twice its size, and as many events as its size since the last hole', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 20 }), (history, size) => {
      const { ring, seen } = play(history, size);
      const held = ring.after(ring.from, endless, endless, () => true).length;
      expect(held).toBeLessThanOrEqual(size * 2);
      expect(held).toBeGreaterThanOrEqual(Math.min(size, seen));
    }),
  );
});

const isFailure = (event: Event) => !event.successful;

/** What a ring became, the log as a plain array, and how many events came since the last hole. */
function play(history: readonly (readonly { gap: number; successful: boolean }[] | number)[], size: number) {
  const ring = new Ring(size, 0);
  const log: Event[] = [];
  let head = 0;
  let seen = 0;
  for (const part of history) {
    if (typeof part === 'number') {
      for (const last = head + part; head < last; ) log.push(event(++head, true));
      ring.restart(head);
      seen = 0;
    } else {
      const events = part.map(({ gap, successful }) => {
        head += gap;
        return event(head, successful);
      });
      log.push(...events);
      ring.push(events);
      seen += events.length;
    }
  }
  return { ring, log, head, seen };
}

test('a ring holds at most 16 MiB of text, and the newest 8 MiB of it', () => {
  const eventInfo = 'x'.repeat(64 * 1024);
  const ring = new Ring(2_000, 0);
  for (let revision = 1; revision <= 1_000; revision++) {
    ring.push([{ ...event(revision, false), eventInfo }]);
    const held = ring.after(ring.from, endless, endless, () => true);
    expect(held.at(-1)?.revision).toBe(revision);
    expect(held).toHaveLength(revision - ring.from);
    expect(held.length).toBeLessThanOrEqual(256);
    expect(held.length).toBeGreaterThanOrEqual(Math.min(revision, 128));
  }
});
