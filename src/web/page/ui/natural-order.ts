/** Digits of the longest number that is ordered by its size. */
const digits = 12;

/** What names are compared by, as a reader would order them: `worker-2` before `worker-10`, `A` beside `a`. */
export const orderKey = (name: string): string =>
  `${name.toLowerCase().replace(/\d+/g, (number) => number.padStart(digits, '0'))}\u0000${name}`;

/** For a few names. Of thousands, the keys are made once. */
export const byName = (a: string, b: string): number => (orderKey(a) < orderKey(b) ? -1 : a === b ? 0 : 1);
