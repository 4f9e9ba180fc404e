import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { beginning } from '../../src/fanout/position.js';
import { type Fixture, fixture, runningStep, type Server, tenantId } from '../fanout/fixture.js';
import { render, TestSink } from '../fanout/sink.js';

const MiB = 1024 * 1024;

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** A cluster whose log has so many failures of 64 KiB each. */
async function tracebacks(server: Server, count: number) {
  const { ref, stepId } = await runningStep(server, count);
  const eventInfo = 'x'.repeat(64 * 1024);
  for (let left = count; left > 0; left -= 50) {
    const events = Array.from({ length: Math.min(left, 50) }, () => ({ id: randomUUID(), stepId, eventInfo }));
    await server.recorder.reportEvents(tenantId, {
      events: events.map((event) => ({ ...event, successful: false, instanceId: event.id })),
    });
  }
  return ref;
}

test('W5: five who have read a finished cluster’s log in five documents leave nothing rendered behind', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const [one, other] = on.servers(2) as [Server, Server];
  const ref = await tracebacks(one, 100);
  const readers = await Promise.all(
    Array.from({ length: 5 }, async (_, document) => {
      const source = await other.hub.events(ref, {}, beginning);
      const sink = new TestSink<{ events: object[] }>();
      const subscription = source.join(`document ${document}`, render, sink);
      onTestFinished(() => {
        subscription.close();
        source.release();
      });
      return sink;
    }),
  );
  for (const sink of readers) {
    await sink.until(({ messages }) => messages.flatMap(({ events }) => events).length === 100);
    expect(other.hub.figures.renderedBytes).toBeLessThanOrEqual(8 * MiB);
  }
  await turn();
  expect(other.hub.figures.renderedBytes).toBeGreaterThan(0);
  vi.advanceTimersByTime(2_000);
  expect(other.hub.figures.renderedBytes).toBe(0);
});

test('W5: 200 who come back at once, each to a place of its own in a log of 64 KiB texts, are served within bounds', async () => {
  const [one, other] = on.servers(2) as [Server, Server];
  const ref = await tracebacks(one, 300);
  const eventPage = on.store.eventPage;
  const pages: number[] = [];
  let [buffered, rendered] = [0, 0];
  const weigh = () => {
    buffered = Math.max(buffered, other.hub.figures.bufferedBytes);
    rendered = Math.max(rendered, other.hub.figures.renderedBytes);
  };
  vi.spyOn(on.store, 'eventPage').mockImplementation(async (...args) => {
    const page = await eventPage(...args);
    pages.push(page.events.reduce((sum, { eventInfo }) => sum + (eventInfo?.length ?? 0), 0));
    weigh();
    return page;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const head = (await on.store.revisions([ref]))[0]?.revision as number;
  await Promise.all(
    Array.from({ length: 200 }, async (_, place) => {
      const source = await other.hub.events(ref, {}, { seen: head - 300 + place });
      await new Promise<void>((resolve, reject) => {
        const sink = { ready: true, send: () => true, complete: () => {}, fail: reject };
        const send = () => {
          weigh();
          sink.ready = false;
          resolve();
          return true;
        };
        const subscription = source.join('', render, {
          ...sink,
          get ready() {
            return sink.ready;
          },
          send,
        });
        onTestFinished(() => {
          subscription.close();
          source.release();
        });
      });
    }),
  );
  expect(Math.max(...pages)).toBeLessThanOrEqual(512 * 1024 + 64 * 1024);
  // Two passes over the log for all together, then a page for each.
  expect(pages.length).toBeLessThanOrEqual(2 * 40 + 200);
  expect(buffered).toBeGreaterThan(0);
  expect(buffered).toBeLessThanOrEqual(16 * MiB);
  expect(rendered).toBeLessThanOrEqual(8 * MiB);
});
