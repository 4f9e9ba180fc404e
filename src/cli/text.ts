import stringWidth from 'string-width';

/**
 * Makes reported text safe to print: control characters, which a terminal would execute, and those that change the
 * direction of writing are shown as `\u{1b}`. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The same for text that must stay on one line. */
export const oneLine = (text: string) => printable(text).replace(/[\n\t]/g, ' ');

/** A JSON line, with the control characters escaped that JSON allows. */
export const jsonLine = (value: unknown) =>
  JSON.stringify(value).replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const unsafe = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * As much of a line as a terminal shows in so many columns, with `…` where it was cut. Wide characters take two columns,
 * combining ones none, and none is split. Styles (`styleText`) stay, and end where they did.
 */
export function truncate(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  let room = columns - 1;
  let mark = '…';
  const take = (text: string) => {
    let taken = '';
    for (const { segment } of graphemes.segment(text)) {
      room -= stringWidth(segment);
      if (room < 0) break;
      taken += segment;
    }
    if (room >= 0) return taken;
    const cut = taken + mark;
    mark = '';
    return cut;
  };
  return line.replace(textOrStyle, (_, style?: string, text?: string) => style ?? take(text ?? ''));
}

const graphemes = new Intl.Segmenter();
// biome-ignore lint/suspicious/noControlCharactersInRegex: a style begins with ESC
const textOrStyle = /(\u001b\[[\d;]*m)|([^\u001b]+)/g;

/** Milliseconds in words short enough for the end of a line: `340 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`. */
export function shortly(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
