import { cpus, platform, totalmem } from 'node:os';
import { rounded } from './statistics.js';

/** One result: the measurements of ours and of a reference. */
export interface Figure {
  readonly bench: string;
  readonly ours: number;
  readonly unit: string;
  /** The reference; null when there is none. */
  readonly reference: string | null;
  readonly referenceValue: number | null;
  /** The median over the pairs of ours / reference. */
  readonly ratio: number | null;
  /** The smallest and the largest of these ratios. */
  readonly spread: readonly [number, number] | null;
  /** The aim, in words; null when there is none. */
  readonly aim: string | null;
}

/** A figure without a reference. */
export const single = (bench: string, ours: number, unit: string, aim: string | null): Figure => ({
  bench,
  ours: rounded(ours),
  unit,
  reference: null,
  referenceValue: null,
  ratio: null,
  spread: null,
  aim,
});

/** The figure as a line of text. */
export function inWords({ bench, ours, unit, reference, referenceValue, ratio, spread, aim }: Figure): string {
  const against = reference === null ? '' : `, ${reference} ${readable(referenceValue)}: ratio ${ratio}`;
  const range = spread === null ? '' : ` (${spread[0]} to ${spread[1]})`;
  return `${bench}: ${readable(ours)} ${unit}${against}${range}${aim === null ? '' : ` · aim ${aim}`}`;
}

const readable = (value: number | null) => (value ?? 0).toLocaleString('en', { maximumSignificantDigits: 4 });

/** The head of a table of figures in Markdown. */
export const markdownHead = (): string => {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `Of ${date}, on ${machine}, ${platform()}, Node ${process.versions.node}.

| | ours | against | ratio (spread) | aim |
|---|---|---|---|---|`;
};

/** The figure as a row of that table. */
export function inMarkdown({ bench, ours, unit, reference, referenceValue, ratio, spread, aim }: Figure): string {
  const against = reference === null ? '–' : `${reference}: ${readable(referenceValue)}`;
  const ratios = ratio === null ? '–' : `${ratio}${spread === null ? '' : ` (${spread[0]} to ${spread[1]})`}`;
  return `| \`${bench}\` | ${readable(ours)} ${unit} | ${against} | ${ratios} | ${aim ?? 'for the record'} |`;
}
