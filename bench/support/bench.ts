import type { Figure } from './figure.js';

/** How much of a benchmark to run, and what it has opened. */
export interface Run {
  /** A short run, to see that it works. Its figures are meaningless. */
  readonly moment: boolean;
  /** Number of rounds of ours and the references. */
  readonly rounds: number;
  /** Duration of a turn. */
  readonly seconds: number;
  /** A size (subscribers, rows, repetitions): `full`, or `moment` in a short run. */
  size(full: number, moment: number): number;
  /** Closes `thing` when the benchmark is over, the latest first, however it ends. Returns it. */
  own<Thing extends Closable>(thing: Thing): Thing;
  /** Prints progress. */
  say(words: string): void;
}

export interface Closable {
  close(): Promise<void>;
}

export type Bench = (run: Run) => Promise<Figure[]>;

/** Runs one benchmark and closes everything it opened, at its end or at a signal. */
export async function measure(bench: Bench, moment: boolean, say: Run['say']): Promise<Figure[]> {
  const opened: Closable[] = [];
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= closeAll(opened);
    return closed;
  };
  const stop = () => void close().finally(() => process.exit(1));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const overdue = deadline(moment ? 180 : 900);
  try {
    return await Promise.race([bench(runOf(moment, say, opened)), overdue.passed]);
  } finally {
    overdue.clear();
    await close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** A benchmark that hangs fails at a deadline, and is closed like any other. */
function deadline(seconds: number) {
  let timer: NodeJS.Timeout;
  const passed = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`expected the benchmark to end within ${seconds} s, it did not`));
    timer = setTimeout(late, seconds * 1000);
  });
  return { passed, clear: () => clearTimeout(timer) };
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
