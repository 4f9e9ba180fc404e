/** A text value of a JSON text, by its key. */
export interface Member {
  readonly key: string;
  readonly value: string;
}

/** No result of a task has as many. */
const enough = 200;

/**
 * The text values that these keys have anywhere in a JSON text, in order. Reads a text that is cut, too, and each character
 * once: what is no JSON has no members.
 */
export function membersOf(text: string, keys: ReadonlySet<string>): Member[] {
  const members: Member[] = [];
  let key: string | null = null;
  for (let at = text.indexOf('"'); at >= 0 && members.length < enough; ) {
    const end = endOfString(text, at);
    const next = afterSpace(text, end);
    if (key !== null) members.push({ key, value: decoded(text.slice(at, end)) });
    key = null;
    if (text[next] === ':') {
      const name = text.slice(at + 1, end - 1);
      if (keys.has(name) && text[afterSpace(text, next + 1)] === '"') key = name;
    }
    at = text.indexOf('"', next);
  }
  return members;
}

/** The place after a string's closing quote, or the text's end. */
function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function afterSpace(text: string, begin: number): number {
  let at = begin;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t') at += 1;
  return at;
}

function decoded(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal.slice(1).replace(/"$/, '').replaceAll('\\n', '\n').replaceAll('\\"', '"');
  }
}
