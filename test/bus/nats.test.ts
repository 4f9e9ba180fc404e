import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createNatsBus } from '../../src/bus/nats.js';
import type { Ref } from '../../src/domain/cluster.js';
import { encodeNotice } from '../../src/domain/hint.js';
import type { Bus, Hint } from '../../src/domain/ports.js';
import { pipe } from '../client/pipe.js';
import { busContract, type FrailCarrier, frailBusContract, hint, pair, patient } from '../contracts/bus.js';
import { quiet } from '../support/database.js';
import { natsServer } from './nats-server.js';

const installed = spawnSync('nats-server', ['--version']).error === undefined;
if (!installed && !process.env.CI)
  console.warn('nats-server is not installed: the tests of the bus by NATS are skipped');

describe.runIf(installed || process.env.CI)('NATS', () => {
  busContract(start);
  frailBusContract(start);

  describe('who is there', () => {
    test('W6: a server that falls silent without a goodbye makes hints untrusted, until it is back', async () => {
      const { url } = await natsServer();
      const way = await pipe(url);
      const [a, b] = [await open(url), await open(way.url)];
      await acquainted(url, a, b);
      const healed = vi.fn();
      a.onHealed(healed);
      way.die();
      await vi.waitFor(() => expect([a.healthy, b.healthy]).toEqual([false, false]), patient);
      expect(healed).not.toHaveBeenCalled();
      way.revive();
      await vi.waitFor(() => expect([a.healthy, b.healthy]).toEqual([true, true]), patient);
      expect(healed).toHaveBeenCalled();
    });

    test('W6: a server whose connection was lost too briefly to be missed has the others look', async () => {
      const { url } = await natsServer();
      const way = await pipe(url);
      const [a, b] = [await open(url), await open(way.url)];
      await acquainted(url, a, b);
      const healed = vi.fn();
      a.onHealed(healed);
      way.revive();
      await vi.waitFor(() => expect(healed).toHaveBeenCalled(), patient);
    });

    test('a server that says goodbye is not missed; one that crashed is given up after a minute', async () => {
      vi.useFakeTimers({ toFake: ['performance'] });
      onTestFinished(() => void vi.useRealTimers());
      const { url } = await natsServer();
      const a = await open(url);
      const healed = vi.fn();
      a.onHealed(healed);
      const leaver = await createNatsBus({ servers: url, origin: randomUUID(), log: quiet });
      await acquainted(url, a, leaver);
      await leaver.close();
      const crasher = await connect({ servers: url });
      onTestFinished(() => crasher.close());
      crasher.publish('stepcast.alive', 'crashed');
      await said(a, crasher);
      expect(a.healthy).toBe(true);

      vi.advanceTimersByTime(1_501);
      expect(a.healthy).toBe(false);
      crasher.publish('stepcast.alive', 'crashed');
      await vi.waitFor(() => expect(healed).toHaveBeenCalledTimes(1), patient);
      crasher.publish('stepcast.gone', 'crashed');
      await said(a, crasher);
      vi.advanceTimersByTime(1_501);
      expect(a.healthy).toBe(true);

      crasher.publish('stepcast.alive', 'crashed');
      await said(a, crasher);
      vi.advanceTimersByTime(60_000);
      expect([a.healthy, healed.mock.calls.length]).toEqual([false, 1]);
      vi.advanceTimersByTime(1);
      await vi.waitFor(() => expect([a.healthy, healed.mock.calls.length]).toEqual([true, 2]), patient);
    });
  });

  test('an id that is no cluster’s, whatever it holds, is followed in vain and disturbs nobody', async () => {
    const { a, b } = await pair(start);
    const one = hint();
    const ids = ['', '*', '>', 'a b', 'a.b', 'x\r\nPUB stepcast.alive 1\r\ny', 'x'.repeat(10_000), '\ud800'];
    const vain = ids.map((id) => b.listen({ tenantId: one.tenantId, id }));
    const { heard } = await b.follow(one);
    await a.publish(one);
    await vi.waitFor(() => expect(heard).toEqual([one]), patient);
    expect(vain.flatMap((listener) => listener.heard)).toEqual([]);
    for (const { stop } of vain) stop();
    await vi.waitFor(() => expect(b.bus.healthy).toBe(true), patient);
  });

  test('a listener that joins while another’s topic is being attached has a look as well', async () => {
    const { b } = await pair(start);
    const one = hint();
    const listeners = [b.listen(one), b.listen(one)];
    const left = b.listen(one);
    left.stop();
    await vi.waitFor(() => expect(listeners.map(({ heard }) => heard)).toEqual([[null], [null]]), patient);
    expect(left.heard).toEqual([]);
  });

  describe('where NATS is', () => {
    test('credentials in the address are used, and their refusal does not show them', async () => {
      const { port } = await natsServer('--user', 'someone', '--pass', '1se:cret/');
      const bus = await open(`nats://someone:${encodeURIComponent('1se:cret/')}@127.0.0.1:${port}`);
      expect(bus.healthy).toBe(true);
      await expect(open(`nats://someone:secret@127.0.0.1:${port}`)).rejects.toThrow(
        /^expected NATS to answer at NATS_URL within 5 s, got: (?!.*(someone|secret)).*Authorization Violation/,
      );
    });

    test('a token in the address is used', async () => {
      const { port } = await natsServer('--auth', 'token');
      expect((await open(`nats://token@127.0.0.1:${port}`)).healthy).toBe(true);
    });

    test('several addresses may be given, and one that answers is enough', async () => {
      const { url } = await natsServer();
      expect((await open(`nats://127.0.0.1:1,${url}`)).healthy).toBe(true);
    });

    test('an address that insists on TLS is not served without', async () => {
      const { port } = await natsServer();
      await expect(open(`tls://127.0.0.1:${port}`)).rejects.toThrow(/NATS_URL.*tls/);
    });

    test('an address where nothing answers is said so, without its credentials', async () => {
      await expect(open('nats://someone:secret@127.0.0.1:1')).rejects.toThrow(
        /^expected NATS to answer at NATS_URL within 5 s, got: (?!.*(someone|secret)).*refused/,
      );
    });
  });
});

async function start() {
  const { url, stop, restart } = await natsServer();
  return {
    open: (origin: string) => createNatsBus({ servers: url, origin, log: quiet }),
    attachesLater: true,
    async alarm() {
      const stranger = await connect({ servers: url });
      stranger.publish(
        subject({ tenantId: 'another', id: randomUUID() }),
        encodeNotice({ origin: '', hints: null }, 100),
      );
      await stranger.flush();
      await stranger.close();
    },
    cut: stop,
    restore: restart,
  } satisfies FrailCarrier;
}

const subject = ({ tenantId, id }: Ref) => `stepcast.hint.${Buffer.from(tenantId).toString('base64url')}.${id}`;

async function open(servers: string) {
  const bus = await createNatsBus({ servers, origin: randomUUID(), log: quiet });
  onTestFinished(() => bus.close());
  return bus;
}

/** Waits until each of two servers has heard the other's sign of life, which comes before the hint it sends after. */
async function acquainted(url: string, a: Bus, b: Bus): Promise<void> {
  const witness = await connect({ servers: url });
  const seen = new Set<string>();
  for await (const message of witness.subscribe('stepcast.alive')) if (seen.add(message.string()).size === 2) break;
  await witness.close();
  await Promise.all([arrives(a, (one) => b.publish([one])), arrives(b, (one) => a.publish([one]))]);
}

/** Waits until a server has heard everything that was said on that connection. */
const said = (listener: Bus, speaker: NatsConnection) =>
  arrives(listener, (one) => speaker.publish(subject(one), encodeNotice({ origin: '', hints: [one] }, 1_000)));

async function arrives(bus: Bus, send: (one: Hint) => void): Promise<void> {
  const one = hint();
  const heard = vi.fn();
  const stop = bus.subscribe(one, heard);
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(null), patient);
  send(one);
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(one), patient);
  stop();
}
