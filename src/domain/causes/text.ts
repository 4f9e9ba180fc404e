/** What is looked at of an error's text. Everything after this is bounded by it, whatever was reported. */
export const most = { lines: 1_000, lastLines: 700, line: 1_000, lineEnd: 400, reason: 2_000, tokens: 100 } as const;

/**
 * An error's text without what is not text: colours and other terminal sequences, control characters, marks of direction,
 * halves of surrogate pairs. Lines end with a line feed only; what a progress bar overwrote is a line of its own.
 */
export function plain(text: string): string {
  if (!unprintable.test(text)) return text.toWellFormed();
  const printed = text.includes('\u001b') ? text.replace(sequences, '') : text;
  return printed.replace(ends, '\n').replace(controls, ' ').replace(invisible, '').toWellFormed();
}

/** CSI, OSC and two-character sequences. Each part ends where the next escape begins: no text is scanned twice. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const sequences = /(?:\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[()][0-9A-Za-z]|[=>78DEHMNOZc]))+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unprintable = /[\0-\x08\x0b-\x1f\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const ends = /\r\n|\r|\u2028|\u2029|\u0085/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00a0]+/g;
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;

/** The lines of a text that `plain` gave: of very many the first and the last, of a very long one its start and its end. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const kept =
    lines.length <= most.lines
      ? lines
      : [...lines.slice(0, most.lines - most.lastLines), ...lines.slice(-most.lastLines)];
  return kept.map((line) => shortened(line).trimEnd());
}

const shortened = (line: string) =>
  line.length <= most.line ? line : `${line.slice(0, most.line - most.lineEnd)} … ${line.slice(-most.lineEnd)}`;

export const indentation = (line: string) => line.length - line.trimStart().length;

export const isBlank = (line: string) => line.trim() === '';

/** The last part of a path. */
export function baseName(path: string): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return path.slice(end + 1);
}
