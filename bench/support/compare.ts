import type { Run } from './bench.js';
import type { Figure } from './figure.js';
import { median, rounded } from './statistics.js';

/** Runs one turn and returns what it measured. */
export type Turn = () => Promise<number>;

export interface Reference {
  readonly name: string;
  readonly turn: Turn;
  readonly aim: string | null;
}

export interface Comparison {
  readonly bench: string;
  readonly unit: string;
  readonly ours: Turn;
  readonly references: readonly Reference[];
}

/**
 * Ours and the references take turns (A B A B …), so that load from elsewhere affects all of them. The first turn of
 * each is a warm-up and does not count. Ratios are taken within a round; the figure is their median.
 */
export async function compare(run: Run, { bench, unit, ours, references }: Comparison): Promise<Figure[]> {
  const turns = [ours, ...references.map(({ turn }) => turn)];
  if (!run.moment) await takeTurns(turns);
  const rounds: number[][] = [];
  for (let round = 0; round < run.rounds; round += 1) {
    rounds.push(await takeTurns(turns));
    run.say(`${bench}: round ${round + 1} of ${run.rounds}: ${rounds.at(-1)?.map(rounded).join(', ')} ${unit}`);
  }
  return references.map((reference, index) => against(bench, unit, reference, rounds, index + 1));
}

async function takeTurns(turns: readonly Turn[]): Promise<number[]> {
  const values: number[] = [];
  for (const turn of turns) values.push(await turn());
  return values;
}

function against(bench: string, unit: string, { name, aim }: Reference, rounds: number[][], column: number): Figure {
  const value = (round: number[], at: number) => round[at] ?? Number.NaN;
  const ratios = rounds.map((round) => value(round, 0) / value(round, column));
  return {
    bench,
    ours: rounded(median(rounds.map((round) => value(round, 0)))),
    unit,
    reference: name,
    referenceValue: rounded(median(rounds.map((round) => value(round, column)))),
    ratio: rounded(median(ratios)),
    spread: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
    aim,
  };
}
