import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CompositeBus } from '../../src/bus/composite.js';
import { createMemoryBus, Exchange } from '../../src/bus/memory.js';
import { hint } from '../contracts/bus.js';
import { FrailBus } from '../fanout/frail-bus.js';
import { eventually } from '../support/wait.js';

/** Two buses, each with another server to be spoken to by, and the two as one. */
function composite() {
  const sides = [new Exchange(), new Exchange()].map((exchange) => ({
    own: new FrailBus(createMemoryBus(exchange, randomUUID())),
    other: createMemoryBus(exchange, randomUUID()),
  }));
  const [complete, additional] = sides as [(typeof sides)[0], (typeof sides)[0]];
  const bus = new CompositeBus(complete.own, additional.own);
  onTestFinished(() => bus.close());
  return { bus, complete, additional };
}

test('W6: a hint is heard by whichever bus it comes, until its listener stops', async () => {
  const { bus, complete, additional } = composite();
  const one = hint();
  const heard: unknown[] = [];
  const stop = bus.subscribe(one, (said) => heard.push(said));
  complete.other.publish([one]);
  await eventually(() => expect(heard).toHaveLength(1));
  additional.other.publish([{ ...one, revision: 2 }]);
  await eventually(() => expect(heard).toEqual([one, { ...one, revision: 2 }]));
  stop();
  const witness: unknown[] = [];
  bus.subscribe(one, (said) => witness.push(said));
  for (const { other } of [complete, additional]) other.publish([one]);
  await eventually(() => expect(witness).toHaveLength(2));
  expect(heard).toHaveLength(2);
});

test('W6: it is healthy while the complete bus is, whatever the others are, and says when that is again', () => {
  const { bus, complete, additional } = composite();
  const healed = vi.fn();
  bus.onHealed(healed);
  additional.own.lose();
  expect(bus.healthy).toBe(true);
  complete.own.lose();
  additional.own.mend();
  expect([bus.healthy, healed.mock.calls.length]).toEqual([false, 0]);
  complete.own.mend();
  expect([bus.healthy, healed.mock.calls.length]).toEqual([true, 1]);
});

test('what the others may have missed has nobody look: the complete bus has not missed it', () => {
  const { bus, complete, additional } = composite();
  const heard: unknown[] = [];
  bus.subscribe(hint(), (said) => heard.push(said));
  additional.own.alarm();
  expect(heard).toEqual([]);
  complete.own.alarm();
  expect(heard).toEqual([null]);
});
