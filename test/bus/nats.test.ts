import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createNatsBus } from '../../src/bus/nats.js';
import { encodeNotice } from '../../src/domain/hint.js';
import type { Log } from '../../src/domain/ports.js';
import { busContract, type FrailCarrier, frailBusContract, hint, pair } from '../contracts/bus.js';
import { quiet } from '../support/database.js';
import { eventually } from '../support/wait.js';
import { natsServer } from './nats-server.js';

const installed = spawnSync('nats-server', ['--version']).error === undefined;
if (!installed && !process.env.CI)
  console.warn('nats-server is not installed: the tests of the bus by NATS are skipped');

describe.runIf(installed || process.env.CI)('NATS', () => {
  busContract(start);
  frailBusContract(start);

  describe('permissions', () => {
    const users = (permissions: string) => `
      authorization { users: [
        { user: all, password: p }
        { user: some, password: p, permissions: ${permissions} }
      ] }`;
    const forbids = {
      subscribe: '{ subscribe: { deny: "stepcast.hint.>" } }',
      publish: '{ publish: { deny: "stepcast.hint.>" } }',
    };

    test.each(Object.entries(forbids))(
      'a user that may not %s makes it unhealthy, in words',
      async (verb, permissions) => {
        const { port } = await natsServer(...(await configured(users(permissions))));
        const warn = vi.fn();
        const bus = await open(`nats://some:p@127.0.0.1:${port}`, { ...quiet, warn });
        await eventually(() => expect(bus.healthy).toBe(false));
        // However much is refused, it is said once.
        bus.subscribe(hint(), () => {});
        bus.publish([hint(), hint()]);
        await bus.close();
        expect(warn.mock.calls).toEqual([
          [
            {
              reason: expect.stringMatching(
                new RegExp(`Permissions Violation for ${verb === 'publish' ? 'Publish' : 'Subscription'}`),
              ),
            },
            words,
          ],
        ]);
      },
    );

    const words = expect.stringContaining('needs to publish and subscribe to "stepcast.hint.>"');

    test('once it is allowed, and connected anew, it is healthy again', async () => {
      const config = await configured(users(forbids.publish));
      const { port, stop, restart } = await natsServer(...config);
      const bus = await open(`nats://some:p@127.0.0.1:${port}`);
      await eventually(() => expect(bus.healthy).toBe(false));
      await stop();
      await writeFile(config[1] as string, users('{}'));
      await restart();
      await eventually(() => expect(bus.healthy).toBe(true));
    });
  });

  test('an id that is no cluster’s, whatever it holds, is followed in vain and disturbs nobody', async () => {
    const { a, b } = await pair(start);
    const one = hint();
    const ids = ['', '*', '>', 'a b', 'a.b', 'x\r\nPUB stepcast.hint.x 1\r\ny', 'x'.repeat(10_000), '\ud800'];
    const vain = ids.map((id) => b.listen({ tenantId: one.tenantId, id }));
    const { heard } = await b.follow(one);
    await a.publish(one);
    await eventually(() => expect(heard).toEqual([one]));
    expect(vain.flatMap((listener) => listener.heard)).toEqual([]);
    for (const { stop } of vain) stop();
    await eventually(() => expect(b.bus.healthy).toBe(true));
  });

  test('what cannot be a subject is neither published nor subscribed to', async () => {
    const { a, b } = await pair(start);
    const [one, endless] = [hint({ tenantId: '' }), hint({ tenantId: 'x'.repeat(100_000) })];
    const { heard } = await b.follow(one);
    b.listen(endless);
    await a.publish(endless, one);
    await eventually(() => expect(heard).toEqual([one]));
    expect([a.bus.healthy, b.bus.healthy]).toEqual([true, true]);
  });

  test('a listener that joins while another’s topic is being attached has a look as well', async () => {
    const { b } = await pair(start);
    const one = hint();
    const listeners = [b.listen(one), b.listen(one)];
    const left = b.listen(one);
    left.stop();
    await eventually(() => expect(listeners.map(({ heard }) => heard)).toEqual([[null], [null]]));
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
      const [anything] = encodeNotice({ origin: '', hints: null }, 100);
      stranger.publish(`stepcast.hint.t${Buffer.from('another').toString('base64url')}.${randomUUID()}`, anything);
      await stranger.flush();
      await stranger.close();
    },
    cut: stop,
    restore: restart,
  } satisfies FrailCarrier;
}

async function open(servers: string, log: Log = quiet) {
  const bus = await createNatsBus({ servers, origin: randomUUID(), log });
  onTestFinished(() => bus.close());
  return bus;
}

/** The options of a server with this configuration. */
async function configured(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-nats-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'nats.conf');
  await writeFile(path, text);
  return ['-c', path];
}
