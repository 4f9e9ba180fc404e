import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createNatsBus } from '../../src/bus/nats.js';
import { createPostgresBus } from '../../src/bus/postgres.js';
import { encodeNotice } from '../../src/domain/hint.js';
import type { Bus, Hint, Log } from '../../src/domain/ports.js';
import { natsServer } from '../bus/nats-server.js';
import { hint } from '../contracts/bus.js';
import { openPool, quiet, testDatabase } from '../support/database.js';
import { eventually } from '../support/wait.js';

const channel = 'stepcast';

describe('the bus by PostgreSQL', () => {
  test('where LISTEN has no effect, it is unhealthy from the start, and says what may be in between', async () => {
    // A pooler in transaction mode looks the same from here: what another connection sends never comes.
    const [listening, sending] = await Promise.all([testDatabase({ bare: true }), testDatabase({ bare: true })]);
    const pool = openPool({ connectionString: sending.url });
    const warn = vi.fn();
    const log = { ...quiet, warn };
    const connection = { connectionString: listening.url };
    const bus = await createPostgresBus({ connection, pool, channel, origin: randomUUID(), log });
    onTestFinished(async () => {
      await bus.close();
      await pool.end();
      await Promise.all([listening.close(), sending.close()]);
    });
    expect(bus.healthy).toBe(false);
    const reason = expect.stringMatching(/pooler in transaction mode.*STEPCAST_LISTEN_URL/);
    await eventually(() => expect(warn).toHaveBeenCalledExactlyOnceWith({ reason }, expect.any(String)));
  });

  test('W6: a connection whose other end is frozen is given up within 10 s, and replaced', async () => {
    const { open, pool, freeze } = await freezable();
    const warn = vi.fn();
    const bus = await open({ ...quiet, warn });
    const heard: (Hint | null)[] = [];
    const healed = vi.fn();
    bus.subscribe({ tenantId: 'tenant', id: null }, (hint) => heard.push(hint));
    bus.onHealed(healed);
    expect(bus.healthy).toBe(true);
    await freeze();
    await eventually(() => expect(healed).toHaveBeenCalled());
    expect(bus.healthy).toBe(true);
    const reason = expect.stringContaining('nothing was heard for 8 s');
    expect(warn).toHaveBeenCalledExactlyOnceWith({ reason }, expect.any(String));
    const one = hint();
    for (const text of encodeNotice({ origin: '', hints: [one] }, 7_900)) {
      await pool.query('SELECT pg_notify($1, $2)', [channel, text]);
    }
    await eventually(() => expect(heard).toEqual([one]));
  });

  test('while no heartbeat can be sent, that is what it says', async () => {
    const { url, close } = await testDatabase({ bare: true });
    const pool = openPool({ connectionString: 'postgres://127.0.0.1:1/nowhere' });
    const warn = vi.fn();
    const connection = { connectionString: url };
    const bus = await createPostgresBus({ connection, pool, channel, origin: randomUUID(), log: { ...quiet, warn } });
    onTestFinished(async () => {
      await bus.close();
      await pool.end();
      await close();
    });
    expect(bus.healthy).toBe(false);
    const reason = 'no notification could be sent: connect ECONNREFUSED 127.0.0.1:1';
    await eventually(() => expect(warn).toHaveBeenCalledWith({ reason }, expect.any(String)));
  });

  test('a bus whose connection is frozen closes all the same', async () => {
    const { open, freeze } = await freezable();
    const bus = await open(quiet);
    await freeze();
    await bus.close();
    expect(bus.healthy).toBe(false);
  });
});

const installed = spawnSync('nats-server', ['--version']).error === undefined;

describe.runIf(installed || process.env.CI)('the bus by NATS', () => {
  test('a NATS that is frozen is missed, and used again when it goes on', async () => {
    const { url, signal } = await natsServer();
    const bus = await createNatsBus({ servers: url, origin: randomUUID(), log: quiet });
    onTestFinished(() => bus.close());
    const healed = vi.fn();
    bus.onHealed(healed);
    signal('SIGSTOP');
    await eventually(() => expect(bus.healthy).toBe(false));
    signal('SIGCONT');
    await eventually(() => expect([bus.healthy, healed.mock.calls.length]).toEqual([true, 1]));
  });
});

/** A database whose end of the connections that listen can be stopped, as nothing that TCP sees. */
async function freezable() {
  const { url, close } = await testDatabase({ bare: true });
  const connection = { connectionString: url };
  const pool = openPool(connection);
  const buses: Bus[] = [];
  const frozen: number[] = [];
  onTestFinished(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    for (const pid of frozen) process.kill(pid, 'SIGCONT');
    await pool.end();
    await close();
  });
  return {
    pool,
    async open(log: Log) {
      const bus = await createPostgresBus({ connection, pool, channel, origin: randomUUID(), log });
      buses.push(bus);
      return bus;
    },
    async freeze() {
      const listening = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`;
      const { rows } = await pool.query<{ pid: number }>(listening);
      for (const { pid } of rows) {
        process.kill(pid, 'SIGSTOP');
        frozen.push(pid);
      }
    },
  };
}
