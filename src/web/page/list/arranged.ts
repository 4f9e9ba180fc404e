/** How a list that is held still differs from the list as it is. */
export interface Waiting {
  /** How many would change their place. */
  readonly moved: number;
  /** How many are not shown yet. */
  readonly come: number;
  /** Those shown that are in the list no more. */
  readonly gone: ReadonlySet<string>;
}

/** Ids in the order in which they are shown. `waiting`: what is held back for the reader's sake; null: nothing. */
export interface Arranged {
  readonly ids: readonly string[];
  readonly waiting: Waiting | null;
}

/** The rows to show: those that are wanted, or, while they are held still, those that are shown. */
export function arrange({ ids: shown }: Arranged, wanted: readonly string[], isHeld: boolean): Arranged {
  if (isSame(shown, wanted)) return { ids: shown, waiting: null };
  if (!isHeld) return { ids: wanted, waiting: null };
  const [isShown, places] = [new Set(shown), new Map(wanted.map((id, index) => [id, index]))];
  const kept = shown.flatMap((id) => places.get(id) ?? []);
  return {
    ids: shown,
    waiting: {
      moved: kept.length - longestRise(kept),
      come: wanted.reduce((count, id) => count + Number(!isShown.has(id)), 0),
      gone: new Set(shown.filter((id) => !places.has(id))),
    },
  };
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((id, index) => id === b[index]);

/** How many numbers are left at most when as few as possible are taken out for the rest to rise. */
export function longestRise(numbers: readonly number[]): number {
  /** By length of a rise, less one: the smallest number that one of that length ends with. */
  const ends: number[] = [];
  for (const number of numbers) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    ends[low] = number;
  }
  return ends.length;
}

/** In words: `3 have another place, 1 is new`. */
export function inWords({ moved, come, gone }: Waiting): string {
  const parts = [
    moved > 0 && `order changed (${moved})`,
    come > 0 && `${come} new`,
    gone.size > 0 && `${gone.size} gone`,
  ];
  return parts.filter(Boolean).join(', ');
}
