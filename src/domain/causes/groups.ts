/** What is merged: a cause's pattern, and the hash that tells it from others. */
export interface Mergeable {
  readonly hash: string;
  readonly pattern: string;
}

/** Causes that are one to the eye, and the pattern that all of them have. */
export interface Merged<Item> {
  readonly items: readonly Item[];
  readonly pattern: string;
}

/** Share of the tokens that must be equal, first tokens that must be, and the causes that make a family. */
export interface MergeOptions {
  readonly share: number;
  readonly prefix: number;
  readonly family: number;
}

/**
 * Two causes that differ in a word may be two causes: a package that is missing, and another. Many that differ in the
 * same place differ in what varies. Chosen by `docs/accuracy.md`.
 */
export const mergeDefaults: MergeOptions = { share: 0.8, prefix: 2, family: 5 };

/**
 * Merges the causes whose patterns are alike: as many tokens, the same beginning, raised in the same place, and most
 * tokens equal. The result depends on the set alone: neither on its order nor on counts, which grow.
 */
export function mergeCauses<Item extends Mergeable>(
  items: readonly Item[],
  options: MergeOptions = mergeDefaults,
): Merged<Item>[] {
  const sorted = [...items].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const buckets = new Map<string, Entry<Item>[]>();
  for (const item of sorted) {
    const entry = entryOf(item);
    const key = bucketOf(entry, options.prefix);
    const bucket = buckets.get(key);
    if (bucket) bucket.push(entry);
    else buckets.set(key, [entry]);
  }
  return [...buckets.values()].flatMap((bucket) => mergedOf(bucket, options));
}

interface Entry<Item> {
  readonly item: Item;
  readonly tokens: readonly string[];
  /** The tokens as they are compared: one with a mask is like any other that has one, where the pattern has words besides. */
  readonly bare: readonly string[];
  readonly frame: string;
}

function entryOf<Item extends Mergeable>(item: Item): Entry<Item> {
  const end = item.pattern.indexOf('\n');
  const reason = end < 0 ? item.pattern : item.pattern.slice(0, end);
  const tokens = reason.split(' ');
  const hasWords = tokens.some((token) => /^[a-z]/i.test(token) && !isMasked(token));
  const bare = tokens.map((token) =>
    isMasked(token) ? (hasWords ? `<>${kept(token)}` : token.replace(/<\w+>/g, '<>')) : token,
  );
  return { item, tokens, bare, frame: end < 0 ? '' : item.pattern.slice(end + 1) };
}

/** A port that the masks have left. */
const kept = (token: string) => /(?<=<ip>):\d+/.exec(token)?.[0] ?? '';

const isMasked = (token: string) => token.includes('<') && /<\w+>/.test(token);

const bucketOf = ({ bare, frame }: Entry<unknown>, prefix: number) =>
  [bare.length, frame, ...bare.slice(0, prefix)].join('\n');

/** The families of a bucket: what is alike is of one, and so is what is alike through others. */
function mergedOf<Item>(bucket: readonly Entry<Item>[], { share, family }: MergeOptions): Merged<Item>[] {
  const families: Entry<Item>[][] = [];
  for (const entry of bucket) {
    const alike = families.filter((members) => members.some((member) => areAlike(member, entry, share)));
    for (const members of alike) families.splice(families.indexOf(members), 1);
    families.push([...alike.flat(), entry]);
  }
  return families.flatMap((members) => {
    if (members.length >= family || members.every((member) => differInMasks(member, members[0] as Entry<Item>))) {
      return [{ items: members.map(({ item }) => item), pattern: common(members) }];
    }
    return members.map((member) => ({ items: [member.item], pattern: common([member]) }));
  });
}

function areAlike(a: Entry<unknown>, b: Entry<unknown>, share: number): boolean {
  let different = 0;
  const most = Math.floor(a.bare.length * (1 - share) + 1e-9);
  for (let at = 0; at < a.bare.length; at++) {
    if (a.bare[at] !== b.bare[at]) different += 1;
    if (different > most) return false;
  }
  return true;
}

const differInMasks = (a: Entry<unknown>, b: Entry<unknown>) => a.bare.every((token, at) => token === b.bare[at]);

/** The tokens that all have; `<*>` where they differ. */
function common(entries: readonly Entry<unknown>[]): string {
  const [first] = entries as [Entry<unknown>];
  const tokens = first.tokens.map((token, at) => (entries.every(({ tokens }) => tokens[at] === token) ? token : '<*>'));
  return first.frame === '' ? tokens.join(' ') : `${tokens.join(' ')}\n${first.frame}`;
}
