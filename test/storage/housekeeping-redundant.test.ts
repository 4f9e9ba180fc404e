import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Housekeeping } from '../../src/domain/ports.js';
import { createHousekeeping } from '../../src/storage/store/housekeeping.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import type { StepRow } from '../../src/storage/store/rows.js';
import { everything, left, operation, reported, table, total, until } from './erasing.js';
import { type Fixture, fixture } from './fixture.js';
import { ago } from './seed.js';

const grace = 600;

let on: Fixture;
let keeping: Housekeeping;
beforeAll(async () => {
  on = await fixture();
  keeping = createHousekeeping(on.database.prisma);
});
beforeEach(() => on.database.pool.query('TRUNCATE cluster CASCADE'));
afterAll(() => on?.close());

const eraseRedundant = (limit: number) => keeping.eraseRedundant(grace, limit);

describe('F1: what is redundant', () => {
  test('F1: events and units of steps that succeeded longer ago than the grace time go; all else stays', async () => {
    const run = await operation(on);
    const old = await reported(on, run, 4, { completed_at: ago(grace + 1) });
    const fresh = await reported(on, run, 4, { position: 1, completed_at: ago(grace - 60) });
    const failed = await reported(on, run, 4, { position: 2, state: 'FAILED' });
    const open = await reported(on, run, 4, { position: 3, state: 'RUNNING' });
    expect(await eraseRedundant(everything)).toBe(8);
    expect(await left(on, old)).toEqual({ erased: true, erased_through: 8, events: 0, units: 0 });
    for (const step of [fresh, failed, open]) {
      expect(await left(on, step)).toEqual({ erased: false, erased_through: 0, events: 8, units: 4 });
    }
    expect(await eraseRedundant(everything)).toBe(0);
  });

  test('F1: counters, times, revision and the cluster stay as they are', async () => {
    const run = await operation(on);
    const counters = {
      total: 4,
      successful: true,
      duration: 5,
      started_at: ago(grace + 9),
      completed_at: ago(grace + 4),
    };
    const { id } = await reported(on, run, 4, { ...counters, revision: 77 });
    const readStore = createReadStore(on.database.prisma);
    const before = [
      await readStore.steps('acme', [id]),
      await table(on, 'cluster'),
      await table(on, 'cluster_operation'),
    ];
    await eraseRedundant(everything);
    const after = [
      await readStore.steps('acme', [id]),
      await table(on, 'cluster'),
      await table(on, 'cluster_operation'),
    ];
    expect(after).toEqual([[{ ...(before[0]?.[0] as object), erasedThrough: 8 }], before[1], before[2]]);
  });

  test('F1: in portions of at most the limit, the oldest first; fewer means done', async () => {
    const run = await operation(on);
    const first = await reported(on, run, 4, { completed_at: ago(grace + 9) });
    const second = await reported(on, run, 2, { position: 1, completed_at: ago(grace + 8) });
    expect(await eraseRedundant(3)).toBe(3);
    expect(await left(on, first)).toEqual({ erased: false, erased_through: 3, events: 5, units: 1 });
    expect(await eraseRedundant(3)).toBe(3);
    expect(await eraseRedundant(3)).toBe(3);
    expect(await left(on, first)).toEqual({ erased: true, erased_through: 8, events: 0, units: 0 });
    expect(await left(on, second)).toMatchObject({ erased: false, erased_through: 9, events: 3 });
    expect(await until(3, eraseRedundant)).toEqual([3, 0]);
    expect(await left(on, second)).toEqual({ erased: true, erased_through: 12, events: 0, units: 0 });
  });

  test('F1: a step that never had an event is marked, and not looked at again', async () => {
    const step = await on.rows.step(await operation(on), {
      state: 'SUCCEEDED',
      total: 0,
      completed_at: ago(grace + 1),
    });
    expect(await eraseRedundant(10)).toBe(0);
    expect(await left(on, step)).toEqual({ erased: true, erased_through: 0, events: 0, units: 0 });
  });

  test('F1: three callers at once erase each thing once, and all of it', async () => {
    const steps: StepRow[] = [];
    for (let n = 0; n < 12; n++)
      steps.push(await reported(on, await operation(on), 50, { completed_at: ago(grace + 60) }));
    const counts = await Promise.all([1, 2, 3].map(() => until(70, eraseRedundant)));
    expect(total(counts.flat())).toBe(12 * 100);
    for (const step of steps)
      expect(await left(on, step)).toEqual({ erased: true, erased_through: 100, events: 0, units: 0 });
  });

  test('F1: waits for no report that holds the cluster or refers to the step', async () => {
    const step = await reported(on, await operation(on), 3, { completed_at: ago(grace + 1) });
    await on.database.prisma.$transaction(async (report) => {
      await report.$queryRaw`SELECT id FROM cluster WHERE id = ${step.cluster_id}::uuid FOR NO KEY UPDATE`;
      await report.$queryRaw`SELECT id FROM cluster_provision_step WHERE id = ${step.id}::uuid FOR KEY SHARE`;
      expect(await eraseRedundant(everything)).toBe(6);
    });
  });

  test('F1: what another server holds is left to it', async () => {
    const run = await operation(on);
    const held = await reported(on, run, 3, { completed_at: ago(grace + 2) });
    await reported(on, run, 3, { position: 1, completed_at: ago(grace + 1) });
    await on.database.prisma.$transaction(async (other) => {
      await other.$queryRaw`SELECT id FROM cluster_provision_step WHERE id = ${held.id}::uuid FOR NO KEY UPDATE`;
      expect(await eraseRedundant(everything)).toBe(6);
      expect(await left(on, held)).toMatchObject({ erased: false, events: 6 });
    });
  });

  test('W4: a page read while events are erased is whole, or says that it is not', async () => {
    const { cluster_id: clusterId } = await reported(on, await operation(on), 300, { completed_at: ago(grace + 1) });
    const readStore = createReadStore(on.database.prisma);
    const read = async () => {
      const { events, erasedThrough } = await readStore.eventPage('acme', { clusterId }, { first: everything });
      return { whole: events.length === 600, erased: erasedThrough > 0 };
    };
    const pages = [await read()];
    let erasing = true;
    const eraser = until(20, eraseRedundant).finally(() => (erasing = false));
    while (erasing) pages.push(await read());
    await eraser;
    pages.push(await read());
    expect(pages.filter(({ whole, erased }) => whole === erased)).toEqual([]);
    expect([pages.at(0), pages.at(-1)]).toEqual([
      { whole: true, erased: false },
      { whole: false, erased: true },
    ]);
  });
});
