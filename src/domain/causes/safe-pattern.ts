/** Ways in which a pattern may be tried at one place of a message: two repetitions without an end, and a few choices. */
const mostWays = 2 ** 20;

/** What a repetition without an end may come to: a message has as many characters. */
const endless = 256;

/**
 * Why a regular expression that compiles might backtrack for long, in words; null when it cannot: no repetition within
 * another, and few enough choices, all of them multiplied.
 */
export function whyUnsafe(source: string): string | null {
  if (/\\[1-9]|\\k</.test(source)) return 'it refers back to a group';
  if (/\(\?(?:=|!|<[=!])/.test(source)) return 'it looks ahead or behind';
  const pattern = new Pattern();
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    const quantifier = quantifierAt(source, at);
    if (quantifier) {
      if (!pattern.repeat(quantifier)) return 'it repeats what repeats or has alternatives itself';
      at += quantifier.length - 1;
    } else if (character === '(') pattern.open();
    else if (character === ')') pattern.close();
    else if (character === '|') pattern.alternative();
    else {
      pattern.atom();
      if (character === '\\') at += 1;
      else if (character === '[') at = endOfClass(source, at);
    }
  }
  if (pattern.ways <= mostWays) return null;
  return 'it has too many repetitions: at most two without an end (*, +, {n,}), with a few alternatives, are allowed';
}

interface Group {
  /** Whether there is more than one way to match it. */
  varies: boolean;
  alternatives: number;
}

/** What a pattern has come to, read from its left to its right. */
class Pattern {
  ways = 1;
  readonly #open: Group[] = [];
  /** The group that has just been closed: what a quantifier is of. */
  #closed: Group | null = null;

  atom(): void {
    this.#closed = null;
  }
  open(): void {
    this.#closed = null;
    this.#open.push({ varies: false, alternatives: 1 });
  }
  close(): void {
    this.#closed = this.#open.pop() ?? null;
    this.ways *= this.#closed?.alternatives ?? 1;
  }
  /** Of those at the top only one is tried at a time. */
  alternative(): void {
    this.#closed = null;
    const group = this.#open.at(-1);
    if (group) group.alternatives += 1;
    this.#vary();
  }
  /** False: it may not be repeated. */
  repeat({ least, most }: Quantifier): boolean {
    if (this.#closed?.varies && most > 1) return false;
    this.#closed = null;
    if (least === most) return true;
    this.ways *= Math.min(most, endless) - Math.min(least, endless) + 1;
    this.#vary();
    return true;
  }

  #vary(): void {
    for (const group of this.#open) group.varies = true;
  }
}

interface Quantifier {
  readonly length: number;
  readonly least: number;
  readonly most: number;
}

function quantifierAt(source: string, at: number): Quantifier | null {
  const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(source.slice(at, at + 24));
  if (!found) return null;
  const [{ length }, sign, least, comma, most] = found;
  // The `?` of `(?:` and `(?<name>` is none.
  if (sign === '?') return source[at - 1] === '(' && source[at - 2] !== '\\' ? null : { length, least: 0, most: 1 };
  if (sign !== undefined) return { length, least: sign === '*' ? 0 : 1, most: Number.POSITIVE_INFINITY };
  const upTo = comma === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most);
  return { length, least: Number(least), most: upTo };
}

function endOfClass(source: string, begin: number): number {
  for (let at = begin + 1; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === ']') return at;
  }
  return source.length;
}
