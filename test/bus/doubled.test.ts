import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { DoubledBus } from '../../src/bus/doubled.js';
import { createMemoryBus, Exchange } from '../../src/bus/memory.js';
import { hint, patient } from '../contracts/bus.js';
import { FrailBus } from '../fanout/frail-bus.js';
import { createCluster } from '../support/api.js';
import { startApp } from '../support/app.js';
import { testDatabase } from '../support/database.js';
import { natsServer } from './nats-server.js';

/** Two buses, each with a way to be spoken to, and the two as one. */
function doubled() {
  const exchanges = [new Exchange(), new Exchange()];
  const buses = exchanges.map((exchange) => new FrailBus(createMemoryBus(exchange, randomUUID())));
  const say = exchanges.map((exchange) => createMemoryBus(exchange, randomUUID()));
  const bus = new DoubledBus(...buses);
  onTestFinished(() => bus.close());
  return { bus, buses, say };
}

test('W6: a hint is heard by whichever bus it comes, until nobody listens', async () => {
  const { bus, say } = doubled();
  const one = hint();
  const heard: unknown[] = [];
  const stop = bus.subscribe(one, (said) => heard.push(said));
  say[0]?.publish([one]);
  await vi.waitFor(() => expect(heard).toHaveLength(1), patient);
  say[1]?.publish([{ ...one, revision: 2 }]);
  await vi.waitFor(() => expect(heard).toEqual([one, { ...one, revision: 2 }]), patient);
  stop();
  const witness: unknown[] = [];
  bus.subscribe(one, (said) => witness.push(said));
  for (const other of say) other.publish([one]);
  await vi.waitFor(() => expect(witness).toHaveLength(2), patient);
  expect(heard).toHaveLength(2);
});

test('W6: it is whole only while both are, and says when either is again', () => {
  const { bus, buses } = doubled();
  const healed = vi.fn();
  bus.onHealed(healed);
  for (const one of buses) {
    expect(bus.healthy).toBe(true);
    one.lose();
    expect(bus.healthy).toBe(false);
    one.mend();
  }
  expect([bus.healthy, healed.mock.calls.length]).toEqual([true, 2]);
});

const installed = spawnSync('nats-server', ['--version']).error === undefined;

describe.runIf(installed || process.env.CI)('a server with NATS', () => {
  test('W6: its commits say by NOTIFY what they changed while NATS may not carry it, and only then', async () => {
    const nats = await natsServer();
    const { url: databaseUrl, close } = await testDatabase();
    const app = await startApp({ databaseUrl, natsUrl: nats.url, logLevel: 'silent' });
    const listener = new pg.Client(databaseUrl);
    onTestFinished(async () => {
      await listener.end();
      await app.close();
      await close();
    });
    await listener.connect();
    const said: string[] = [];
    listener.on('notification', ({ payload }) => said.push(payload ?? ''));
    await listener.query('LISTEN stepcast');
    const quietly = await createCluster(app.url);
    await nats.stop();
    await vi.waitFor(async () => {
      const { id } = await createCluster(app.url);
      expect(said.some((notice) => notice.includes(id))).toBe(true);
    }, patient);
    expect(said.some((notice) => notice.includes(quietly.id))).toBe(false);
  });
});
