// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const ansi = /\u001b\[[0-9;:?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/**
 * A text of the server's as it may be shown: colours of terminals are left out, and characters that are not seen but change
 * what is (controls, directional overrides, zero width) are shown as `\u{…}`. Line breaks and tabs stay.
 */
export const shown = (text: string): string =>
  text
    .replace(ansi, '')
    .replaceAll('\r\n', '\n')
    .replace(invisible, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** The first line that says something, of at most `most` characters. */
export function firstLine(text: string, most = 300): string {
  const line =
    text
      .slice(0, 4 * most)
      .split(/\r?\n/)
      .find((line) => line.trim()) ?? '';
  const whole = shown(line);
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
}
