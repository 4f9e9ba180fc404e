/** Characters of a value that an error message repeats. */
const most = 80;

/**
 * A value as an error message repeats it: a text in quotes, cut, with nothing in it that would steer a terminal; of a
 * list or an object only what it is. Costs the same however large the value is.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string') return printable(JSON.stringify(cut(value, most)));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return cut(String(value), most);
}

/** At most so many characters of a text, with `…` where it was cut; never half of a surrogate pair. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}

/** Control characters (C0, DEL, C1), line separators and changes of direction as `\u001b`. Line feeds and tabs stay. */
export const printable = (text: string): string =>
  text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unprintable = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
