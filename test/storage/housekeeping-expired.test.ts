import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Housekeeping } from '../../src/domain/ports.js';
import { createHousekeeping } from '../../src/storage/store/housekeeping.js';
import { everything, left, operation, reported, table, total, until } from './erasing.js';
import { type Fixture, fixture } from './fixture.js';
import { ago, days } from './seed.js';

const retention = 90;

let on: Fixture;
let keeping: Housekeeping;
beforeAll(async () => {
  on = await fixture();
  keeping = createHousekeeping(on.database.prisma);
});
beforeEach(() => on.database.pool.query('TRUNCATE cluster CASCADE'));
afterAll(() => on?.close());

const eraseExpired = (limit: number) => keeping.eraseExpired(retention, limit);

describe('F2: what is expired', () => {
  const long = { started_at: ago(99 * days), completed_at: ago((retention + 1) * days) };
  const then = { created_at: ago(99 * days), updated_at: ago((retention + 1) * days) };

  test('F2: failed steps’ events stay until retention is over, then go; steps and operations stay', async () => {
    const ended = await operation(on, { ...long, state: 'FAILED' });
    const recent = await operation(on, { ...long, completed_at: ago((retention - 1) * days), state: 'FAILED' });
    const running = await operation(on, { ...long, completed_at: null, state: 'RUNNING' });
    const expired = await reported(on, ended, 4, { ...then, state: 'FAILED' });
    const kept = [
      await reported(on, recent, 4, { ...then, state: 'FAILED' }),
      await reported(on, running, 4, { ...then, state: 'FAILED' }),
    ];
    expect(await keeping.eraseRedundant(0, everything)).toBe(0);
    expect(await until(3, eraseExpired)).toEqual([3, 3, 2]);
    expect(await left(on, expired)).toEqual({ erased: true, erased_through: 8, events: 0, units: 0 });
    for (const step of kept) expect(await left(on, step)).toMatchObject({ erased: false, events: 8, units: 4 });
    expect(await table(on, 'cluster_operation')).toHaveLength(3);
    expect(await table(on, 'cluster')).toHaveLength(3);
  });

  test('F3: a deleted cluster goes wholly once retention is over, its events in portions first, without orphans', async () => {
    const ended = await operation(on, { ...long, state: 'INTERRUPTED' });
    const broken = await operation(on, { ...long, completed_at: null, state: 'RUNNING' });
    const recent = await operation(on, { ...long, state: 'INTERRUPTED' });
    for (const { tenant_id, cluster_id } of [ended, broken]) await drop(tenant_id, cluster_id, retention + 1);
    await drop(recent.tenant_id, recent.cluster_id, retention - 1);
    for (const run of [ended, broken, recent]) {
      await reported(on, run, 2, { ...then, state: 'FAILED' });
      await on.rows.step(run, { ...then, position: 1, state: 'SKIPPED' });
    }
    expect(await eraseExpired(3)).toBe(3);
    expect(await table(on, 'cluster')).toHaveLength(3);
    expect(total(await until(3, eraseExpired))).toBe(12 - 3);
    const clusters = [expect.objectContaining({ id: recent.cluster_id })];
    expect(await table(on, 'cluster')).toEqual(clusters);
    for (const name of ['cluster_operation', 'cluster_provision_step']) {
      for (const row of await table(on, name)) expect(row).toMatchObject({ cluster_id: recent.cluster_id });
    }
    expect([await table(on, 'cluster_event'), await table(on, 'step_unit')]).toEqual([[], []]);
  });

  const drop = (tenant: string, id: string, daysAgo: number) =>
    on.database.pool.query('UPDATE cluster SET deleted_at = $3 WHERE tenant_id = $1 AND id = $2', [
      tenant,
      id,
      ago(daysAgo * days),
    ]);

  test('F3: three callers at once erase each thing once, and all of it', async () => {
    for (let n = 0; n < 9; n++) {
      const run = await operation(on, { ...long, state: 'FAILED' });
      await reported(on, run, 20, { ...then, state: 'FAILED' });
      if (n % 3 === 0) await drop(run.tenant_id, run.cluster_id, retention + 1);
    }
    const counts = await Promise.all([1, 2, 3].map(() => until(35, eraseExpired)));
    expect(total(counts.flat())).toBe(9 * 40);
    expect(await eraseExpired(35)).toBe(0);
    expect(await table(on, 'cluster')).toHaveLength(6);
    expect([await table(on, 'cluster_event'), await table(on, 'step_unit')]).toEqual([[], []]);
  });
});
