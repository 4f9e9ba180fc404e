import { isGeneric } from '../generic.js';
import type { Format } from '../reason.js';
import { isBlank } from '../text.js';

/** A diagnostic of Terraform or OpenTofu, boxed or not: its summary and the first sentence of its detail. */
export const terraform: Format = (_, lines, inner) => {
  const bare = lines.map((line) => line.replace(/^[\s]*[│|╷╵] ?/, ''));
  const begin = bare.findIndex((line, at) => head.test(line) && (line !== lines[at] || isExplained(bare, at)));
  if (begin < 0) return null;
  const summary = (bare[begin] as string).replace(head, '').trim();
  const detail = detailOf(bare, begin);
  const output = outputOf(detail);
  if (output !== null && !output.split('\n').every(isGeneric)) return inner(output);
  const sentence = firstSentence(detail);
  if (isGeneric(summary) && sentence !== '') return { text: sentence, frame: null };
  return { text: sentence === '' || summary.includes(sentence) ? summary : `${summary}: ${sentence}`, frame: null };
};

const head = /^Error: /;

/** Where in the configuration: `with aws_instance.web[0],` and `on main.tf line 3, in resource …`. */
const place = /^\s{0,4}(?:with [\w.[\]"-]+,|on \S+ line \d+|\d+: )|^\s{0,4}[├│└]/;
const isExplained = (lines: readonly string[], at: number) =>
  lines.slice(at + 1, at + 12).some((line) => place.test(line));

/** The paragraphs of the detail, without the places and the source. */
function detailOf(lines: readonly string[], begin: number): string[] {
  const rest = lines.slice(begin + 1);
  const next = rest.findIndex((line) => /^(?:Error|Warning): /.test(line));
  return rest.slice(0, next < 0 ? undefined : next).filter((line) => !place.test(line) && !/^[─╵╷]+$/.test(line));
}

/** What a provisioner's command printed. */
function outputOf(detail: readonly string[]): string | null {
  const text = unwrapped(detail).join('\n');
  const begin = text.search(/\bOutput:\s/);
  return begin < 0 ? null : text.slice(begin + 'Output: '.length);
}

/** Where Terraform wraps a detail at the latest that it does not write to a terminal: within its box. */
const width = 75;

/** The lines as they were before: one to whose end the next one's first word did not fit. Lines that begin with a space are not wrapped. */
function unwrapped(lines: readonly string[]): string[] {
  const most = Math.max(width, ...lines.map(({ length }) => length));
  const whole: string[] = [];
  let last = '';
  for (const line of lines) {
    const word = line.split(' ', 1)[0] ?? '';
    // What begins with a name and a colon is a message of its own.
    const isRest =
      last !== '' && word !== '' && !/^[a-z][\w.+-]*:$/i.test(word) && last.length + 1 + word.length > most;
    if (isRest) whole.push(`${whole.pop()} ${line}`);
    else whole.push(line);
    last = line;
  }
  return whole;
}

/** A detail is wrapped at the terminal's width. */
function firstSentence(detail: readonly string[]): string {
  const begin = detail.findIndex((line) => !isBlank(line));
  if (begin < 0) return '';
  const rest = detail.slice(begin);
  const end = rest.findIndex(isBlank);
  const paragraph = rest
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.trim())
    .join(' ');
  const stop = paragraph.search(/[.!?] [A-Z]/);
  return stop < 0 ? paragraph : paragraph.slice(0, stop + 1);
}
