import { expect, test } from 'vitest';
import { Shares } from '../../src/domain/shares.js';

/** Shares, and work that ends when it is told to, by its number. */
function shares(over: Partial<ConstructorParameters<typeof Shares>[0]> = {}) {
  const made = new Shares({ places: 2, waiting: 100, timeoutMs: 60_000, ...over });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const run = (holder: string) =>
    made
      .run(holder, () => {
        begun.push(holder);
        return new Promise<string>((resolve) => ends.push(() => resolve(holder)));
      })
      .catch((error) => error);
  /** Ends work in the order in which it began, until so much has begun. */
  const until = async (count: number) => {
    for (; begun.length < count; await turn()) ends.shift()?.();
  };
  return { made, begun, run, until };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('one that wants many has all places while nobody else wants any', async () => {
  const { begun, run, until } = shares({ places: 3 });
  for (let times = 0; times < 9; times++) void run('greedy');
  expect(begun).toHaveLength(3);
  await until(9);
  expect(begun).toHaveLength(9);
});

test('a place that becomes free goes to who holds fewest, and of those to who was not served last', async () => {
  const { begun, run, until } = shares();
  for (let times = 0; times < 6; times++) void run('greedy');
  for (let times = 0; times < 2; times++) void run('ann');
  void run('bob');
  await until(9);
  expect(begun).toEqual(['greedy', 'greedy', 'ann', 'greedy', 'bob', 'ann', 'greedy', 'greedy', 'greedy']);
});

test('work that fails makes room for the next', async () => {
  const made = new Shares({ places: 1, waiting: 100, timeoutMs: 60_000 });
  const outcomes = await Promise.allSettled([
    made.run('ann', () => Promise.reject(new Error('no'))),
    made.run('ann', async () => 1),
    made.run('bob', () => {
      throw new Error('never');
    }),
    made.run('bob', async () => 2),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
});

test('so many may wait, and no more', async () => {
  const { made, run } = shares({ waiting: 2 });
  for (let times = 0; times < 4; times++) void run('ann');
  expect(made.waiting).toBe(2);
  expect(await run('bob')).toMatchObject({ code: 'LIMIT_EXCEEDED', retryable: true });
});

test('who waits too long is told whether the work of others was done meanwhile', async () => {
  const { made, run, until } = shares({ timeoutMs: 50 });
  void run('bob');
  void run('ann');
  expect(await run('ann')).toMatchObject({ code: 'UNAVAILABLE' });

  const second = run('ann');
  void run('carl');
  // Carl, who holds none, is served before Ann, who holds one.
  await until(3);
  expect(await second).toMatchObject({ code: 'LIMIT_EXCEEDED', retryable: true });
  expect(made.waiting).toBe(0);
});

test('work that failed was done for nobody: who waits behind it too long is told that the database is away', async () => {
  const made = new Shares({ places: 1, waiting: 100, timeoutMs: 50 });
  const fail: (() => void)[] = [];
  const failing = () => made.run('ann', () => new Promise((_, reject) => fail.push(() => reject(new Error('no')))));
  const first = failing().catch(() => {});
  const second = failing().catch(() => {});
  const third = failing().catch((error) => error);
  fail.shift()?.();
  await first;
  expect(await third).toMatchObject({ code: 'UNAVAILABLE' });
  fail.shift()?.();
  await second;
});
