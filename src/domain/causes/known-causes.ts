import { shown } from '../shown.js';
import { whyUnsafe } from './safe-pattern.js';

/** What an operator knows of a cause. */
export interface KnownCause {
  readonly title: string;
  readonly hint: string | null;
  readonly link: string | null;
}

/** Entries of a file, and characters of each of their texts. */
export const knownCauseLimits = { entries: 500, text: 2_000 } as const;

/** C5: what is known of causes, in the order of the file: the first whose pattern a message matches. */
export class KnownCauses {
  static readonly none = new KnownCauses([]);
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /**
   * Judges the value of a file of known causes whole: a list of `{ pattern, title, hint?, link? }`. The patterns are regular
   * expressions, matched without regard to case. Throws a KnownCausesError that lists every fault.
   */
  static of(value: unknown): KnownCauses {
    if (!Array.isArray(value)) throw new KnownCausesError([`expected a list of known causes, got ${shown(value)}`]);
    if (value.length > knownCauseLimits.entries)
      throw new KnownCausesError([`expected at most ${knownCauseLimits.entries} known causes, got ${value.length}`]);
    const judged = value.map(entryOf);
    const faults = judged.flatMap(({ faults }, index) => faults.map((fault) => `[${index}]${fault}`));
    if (faults.length > 0) throw new KnownCausesError(faults);
    return new KnownCauses(judged.map(({ entry }) => entry as Entry));
  }

  /** Of a group's message, which has at most 256 characters. */
  of(message: string): KnownCause | null {
    return this.#entries.find(({ pattern }) => pattern.test(message))?.cause ?? null;
  }
}

/** Why a file of known causes cannot be used. */
export class KnownCausesError extends Error {
  override readonly name = 'KnownCausesError';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

interface Entry {
  readonly pattern: RegExp;
  readonly cause: KnownCause;
}

const fields = ['pattern', 'title', 'hint', 'link'];

function entryOf(given: unknown): { entry?: Entry; faults: string[] } {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { faults: [`: expected { pattern, title, hint, link }, got ${shown(given)}`] };
  const values = given as Record<string, unknown>;
  const faults = [
    ...Object.keys(values)
      .filter((key) => !fields.includes(key))
      .map((key) => `.${key.slice(0, 80)}: expected only ${fields.join(', ')}`),
    ...['pattern', 'title'].flatMap((key) => faultsOfText(key, values[key], true)),
    ...['hint', 'link'].flatMap((key) => faultsOfText(key, values[key], false)),
    ...(typeof values.link === 'string' && !isLink(values.link)
      ? [`.link: expected a URL that begins with http:// or https://, got ${shown(values.link)}`]
      : []),
  ];
  const pattern = typeof values.pattern === 'string' ? compiled(values.pattern) : null;
  if (typeof pattern === 'string') faults.push(`.pattern: ${pattern}`);
  if (faults.length > 0 || !(pattern instanceof RegExp)) return { faults };
  const { title, hint = null, link = null } = values as { title: string; hint?: string | null; link?: string | null };
  return { entry: { pattern, cause: { title, hint, link } }, faults };
}

function faultsOfText(key: string, value: unknown, isRequired: boolean): string[] {
  if (value == null && !isRequired) return [];
  if (typeof value !== 'string' || value.trim() === '') return [`.${key}: expected a text, got ${shown(value)}`];
  if (value.length <= knownCauseLimits.text) return [];
  return [`.${key}: expected at most ${knownCauseLimits.text} characters, got ${value.length}`];
}

const isLink = (text: string) => /^https?:\/\/[^\s]+$/i.test(text);

/** The expression, or what is wrong with it. */
function compiled(source: string): RegExp | string {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, 'iu');
  } catch (error) {
    const why = (error as Error).message.replace(/^Invalid regular expression: /, '');
    return `expected a regular expression, got ${shown(source)}: ${shown(why)}`;
  }
  const why = whyUnsafe(source);
  return why === null
    ? pattern
    : `expected a regular expression that cannot backtrack for long, got ${shown(source)}: ${why}`;
}
