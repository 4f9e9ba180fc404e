/**
 * Text that was reported by others, safe to print: control characters, which a terminal would obey, and those that turn
 * the direction of writing are shown as `\u{1b}`. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The same for what must stay on one line. */
export const oneLine = (text: string) => printable(text).replace(/[\n\t]/g, ' ');

/** A JSON line, with those control characters escaped that JSON lets through. */
export const jsonLine = (value: unknown) =>
  JSON.stringify(value).replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const unsafe = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Milliseconds in words short enough for the end of a line: `340 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`. */
export function shortly(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
