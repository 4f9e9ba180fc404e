import type { Figure } from './figure.js';

/** How much of a benchmark to run, and where it leaves what must be closed after it. */
export interface Run {
  /** For a moment only: to see that it works. Its figures say nothing. */
  readonly moment: boolean;
  /** How often ours and the references take turns. */
  readonly rounds: number;
  /** How long a turn lasts. */
  readonly seconds: number;
  /** `full`, or `moment` in a run for a moment: how many readers, rows or times. */
  size(full: number, moment: number): number;
  /** Closes `thing` when the benchmark is over, the latest first, however it ends. Returns it. */
  own<Thing extends Closable>(thing: Thing): Thing;
  /** Says what goes on, to a person who waits. */
  say(words: string): void;
}

export interface Closable {
  close(): Promise<void>;
}

export type Bench = (run: Run) => Promise<Figure[]>;

/** Runs one benchmark and closes all that it opened, in the end or when it is told to stop. */
export async function measure(bench: Bench, moment: boolean, say: Run['say']): Promise<Figure[]> {
  const opened: Closable[] = [];
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= closeAll(opened);
    return closed;
  };
  const stop = () => void close().finally(() => process.exit(1));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await bench(runOf(moment, say, opened));
  } finally {
    await close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

const runOf = (moment: boolean, say: Run['say'], opened: Closable[]): Run => ({
  moment,
  rounds: moment ? 1 : 5,
  seconds: moment ? 0.5 : 4,
  size: (full, small) => (moment ? small : full),
  own(thing) {
    opened.push(thing);
    return thing;
  },
  say,
});

async function closeAll(opened: Closable[]): Promise<void> {
  for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
}
