import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { reportEventsInTurns } from '../../src/domain/commands/events.js';
import { inTurn, isTurnSpent } from '../../src/domain/turns.js';
import { Inbox } from '../../src/transport/websocket/inbox.js';

/** Work that takes all of a turn of the event loop, on any machine. */
function long(): void {
  while (!isTurnSpent());
}

/** Counts turns of the event loop, as one does who waits to be heard. */
function counter() {
  const counted = { turns: 0, stop: () => clearImmediate(next) };
  let next = setImmediate(function count() {
    counted.turns += 1;
    next = setImmediate(count);
  });
  return counted;
}

test('long work of many is done in turns of the event loop, in order, and others are heard in between', async () => {
  const others = counter();
  const done: [string, number][] = [];
  const work = async (name: string, times: number) => {
    for (let time = 0; time < times; time++) {
      await inTurn(() => {
        long();
        done.push([name, others.turns]);
      });
    }
  };
  await Promise.all([work('a', 3), work('b', 2), work('c', 1)]);
  others.stop();
  expect(done.map(([name]) => name)).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  const turns = done.map(([, turns]) => turns);
  expect(new Set(turns).size).toBe(done.length);
});

test('the causes of many long failures are found in turns, and the failures keep their order', async () => {
  const others = counter();
  const events = Array.from({ length: 200 }, (_, index) => ({
    id: crypto.randomUUID(),
    stepId: crypto.randomUUID(),
    successful: false,
    eventInfo: `step ${index} failed\n${'  at a line of a long trace (file.js:1:2)\n'.repeat(1_500)}`,
  }));
  const { readSet } = await reportEventsInTurns('acme', { events });
  others.stop();
  expect(readSet.events?.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  expect(others.turns).toBeGreaterThan(1);
});

test('the messages of a client that take long are processed in turns, in order, beside those of another', async () => {
  const taken: string[] = [];
  let finished = () => {};
  const all = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const inboxes = ['a', 'b'].map((name) => {
    const ws = { isPaused: false, pause: () => {}, resume: () => {} } as unknown as WebSocket;
    const take = (data: Buffer) => {
      taken.push(`${name}${data}`);
      if (taken.length === 8) finished();
      long();
    };
    return new Inbox({ ws, take, congested: () => false });
  });
  long();
  for (const text of ['1', '2', '3', '4']) for (const inbox of inboxes) inbox.receive(Buffer.from(text));
  expect(taken).toEqual([]);
  await all;
  expect(taken).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4', 'b4']);
});
