import { onTestFailed } from 'vitest';

/** Number of repetitions of a test: `ROUNDS` of the environment, else `few`. */
export const rounds = (few: number) => Number(process.env.ROUNDS ?? few);

export type Random = ReturnType<typeof seeded>;

/** Repeatable random numbers: a test that fails prints the `SEED` with which it makes the same choices again. */
export function seeded() {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  onTestFailed(() => console.error(`repeat with SEED=${seed}`));
  const next = mulberry32(seed);
  /** A whole number from `least` to `most`. */
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    between,
    chance: (share: number) => next() < share,
    shuffled: <Item>(items: readonly Item[]): Item[] =>
      items
        .map((item) => ({ item, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item),
  };
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs `work` for each number below `count`, so many at a time. */
export async function inTurns(count: number, atATime: number, work: (turn: number) => Promise<void>): Promise<void> {
  let turn = 0;
  const worker = async () => {
    while (turn < count) await work(turn++);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
