const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Names as a reader would order them: `worker-2` before `worker-10`. Equal ones by their code points, so that an order is total. */
export const byName = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
