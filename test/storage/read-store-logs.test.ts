import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogPages, LogRef, ReadStore } from '../../src/domain/ports.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import { type Fixture, fixture, tree } from './fixture.js';

let on: Fixture;
let readStore: ReadStore;
beforeAll(async () => {
  on = await fixture();
  readStore = createReadStore(on.database.prisma);
});
afterAll(() => on?.close());

const plenty = { page: 1_000_000, all: 1_000_000 };

/** Of each log: the revisions on its page, and whether the page was cut. */
async function pages(logs: LogRef[], page: Partial<LogPages> = {}) {
  const parts = await readStore.eventPages('acme', logs, { first: 9, texts: plenty, ...page });
  return parts.map(({ events, cut }) => [events.map(({ revision }) => revision), cut]);
}

/** A cluster with two steps, and events 1 to 6, the odd ones of the first step; 5 and 6 are failures of so many bytes. */
async function log(bytes = 10) {
  const { cluster, operation, step } = await tree(on.rows);
  const other = await on.rows.step(operation, { position: 1 });
  for (let revision = 1; revision <= 6; revision += 1) {
    const failed = revision > 4;
    await on.rows.event(revision % 2 ? step : other, {
      ...{ revision, successful: !failed },
      event_info: failed ? 'ä'.repeat(bytes / 2) : null,
    });
  }
  return { clusterId: cluster.id, first: step.id, second: other.id };
}

describe('the same page of several logs', () => {
  test('is that of each, in the order given, whichever of them are there', async () => {
    const [a, b] = [await log(), await log()];
    const nobody = { clusterId: randomUUID() };
    const clusters = [
      { clusterId: a.clusterId },
      nobody,
      { clusterId: b.clusterId.toUpperCase() },
      { clusterId: 'no uuid' },
    ];
    const before = on.statements();
    expect(await pages(clusters, { first: 2, after: 3 })).toEqual([
      [[4, 5], false],
      [[], false],
      [[4, 5], false],
      [[], false],
    ]);
    expect(on.statements() - before).toBe(1);
    expect(await pages(clusters, { conditions: { successful: false } })).toEqual([
      [[5, 6], false],
      [[], false],
      [[5, 6], false],
      [[], false],
    ]);
    const steps = [
      { clusterId: a.clusterId, stepId: a.first },
      { clusterId: a.clusterId, stepId: a.second },
      { clusterId: b.clusterId, stepId: a.first },
    ];
    expect(await pages(steps)).toEqual([
      [[1, 3, 5], false],
      [[2, 4, 6], false],
      [[], false],
    ]);
    expect(await pages(steps, { conditions: { successful: true }, first: 1 })).toEqual([
      [[1], false],
      [[2], false],
      [[], false],
    ]);
  });

  test('ends early when its texts come to so many bytes, after one event at least', async () => {
    const [a, b] = [await log(100), await log(2000)];
    const logs = [{ clusterId: a.clusterId }, { clusterId: b.clusterId }];
    const ending = (page: number) => pages(logs, { texts: { page, all: 1_000_000 } });
    expect(await ending(2001)).toEqual([
      [[1, 2, 3, 4, 5, 6], false],
      [[1, 2, 3, 4, 5, 6], false],
    ]);
    expect(await ending(2000)).toEqual([
      [[1, 2, 3, 4, 5, 6], false],
      [[1, 2, 3, 4, 5], true],
    ]);
    expect(await ending(1)).toEqual([
      [[1, 2, 3, 4, 5], true],
      [[1, 2, 3, 4, 5], true],
    ]);
    expect(await pages(logs, { after: 5, texts: { page: 1, all: 1_000_000 } })).toEqual([
      [[6], false],
      [[6], false],
    ]);
  });

  test('holds no texts when none are asked for, and is not cut then', async () => {
    const { clusterId } = await log(2000);
    const [part] = await readStore.eventPages('acme', [{ clusterId }], { first: 9, texts: null });
    expect(part?.events.map(({ eventInfo }) => eventInfo)).toEqual(new Array(6).fill(null));
    expect([part?.cut, part?.excessive]).toEqual([false, false]);
  });

  test('says when the texts of all pages came to too much: those beyond are not read', async () => {
    const [a, b] = [await log(1000), await log(1000)];
    const logs = [{ clusterId: a.clusterId }, { clusterId: b.clusterId }];
    const read = async (all: number) =>
      (await readStore.eventPages('acme', logs, { first: 9, texts: { page: 1_000_000, all } })).map((part) => [
        part.events.filter(({ eventInfo }) => eventInfo !== null).length,
        part.excessive,
      ]);
    expect(await read(4000)).toEqual([
      [2, false],
      [2, false],
    ]);
    expect(await read(3000)).toEqual([
      [2, false],
      [1, true],
    ]);
    expect(await read(1500)).toEqual([
      [2, false],
      [0, true],
    ]);
  });
});

test('steps of many clusters are read up to a number', async () => {
  const { cluster, operation } = await tree(on.rows);
  for (const position of [1, 2, 3]) await on.rows.step(operation, { position });
  const read = async (most?: number) => (await readStore.stepsOfClusters('acme', [cluster.id], most))[0]?.length;
  expect([await read(), await read(3), await read(9)]).toEqual([4, 3, 4]);
  expect((await readStore.stepsOfOperations('acme', [operation.id], 2))[0]).toHaveLength(2);
});
