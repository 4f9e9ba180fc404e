import type { Refusal } from './refusal.js';

/**
 * Levels of lists and objects within each other, members of each of them, and values in all. Far more than any operation
 * takes, whose own limits are told by name.
 */
export const jsonLimits = { depth: 32, members: 10_000, values: 100_000 };

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/**
 * Why a JSON text is not parsed: it is nested too deeply or has too many values. It is read once from left to right
 * before anything is built of it, for the time that parsing and coercing such a text takes is what it is sent for. A text
 * that is no JSON may pass: parsing finds it.
 */
export function checkJson(text: string): Refusal | null {
  const members = new Uint32Array(jsonLimits.depth + 1);
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (isOpening(code)) {
      if (++depth > jsonLimits.depth) return tooDeep;
      members[depth] = 1;
      values += 1;
    } else if (isClosing(code)) depth = Math.max(0, depth - 1);
    else if (code === comma) {
      values += 1;
      if (++(members[depth] as number) > jsonLimits.members) return tooMany;
    }
    if (values > jsonLimits.values) return tooManyInAll;
  }
  return null;
}

/** `[` and `{`, `]` and `}`. */
const isOpening = (code: number) => code === 0x5b || code === 0x7b;
const isClosing = (code: number) => code === 0x5d || code === 0x7d;

/** Where the string that begins at `start` ends: at the first quote behind an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text.charCodeAt(escapes - 1) === backslash) escapes -= 1;
    if ((end - escapes) % 2 === 0) return end;
  }
  return text.length;
}

const tooDeep: Refusal = {
  status: 400,
  code: 'LIMIT_EXCEEDED',
  message: `expected JSON of at most ${jsonLimits.depth} levels, got more`,
};

const tooMany: Refusal = {
  status: 400,
  code: 'LIMIT_EXCEEDED',
  message: `expected at most ${jsonLimits.members} members in each list and object, got more`,
};

const tooManyInAll: Refusal = {
  status: 400,
  code: 'LIMIT_EXCEEDED',
  message: `expected at most ${jsonLimits.values} values in all, got more`,
};
