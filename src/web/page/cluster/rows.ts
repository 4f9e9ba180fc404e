import type { Operation, Step } from 'stepcast/client';
import { type Look, lookOf } from '../ui/state.js';

/** How each step looks, by its id. */
export function looksOf(steps: readonly Step[], operation: Operation): ReadonlyMap<string, Look> {
  const lastBegun = steps.findLastIndex(({ startedAt }) => startedAt !== null);
  return new Map(steps.map((step, index) => [step.id, lookOf(step, operation, index < lastBegun)]));
}

/** A row of the table: a step, or several that succeeded, folded to a line. */
export type Row =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'fold'; readonly steps: readonly Step[] };

export interface Folding {
  /** Leave out whatever succeeded. */
  readonly hideSucceeded: boolean;
  /** The steps, by the first of a fold, that the reader has unfolded. */
  readonly unfolded: ReadonlySet<string>;
  /** A step that is never folded. */
  readonly selected: string | null;
}

/** So many steps are shown each by its own row. */
export const foldsBeyond = 12;

/** What the table shows. Of a long operation, steps that succeeded one after another are one row. */
export function rowsOf(
  steps: readonly Step[],
  looks: ReadonlyMap<string, Look>,
  { hideSucceeded, unfolded, selected }: Folding,
): Row[] {
  const isQuiet = ({ id }: Step) => looks.get(id) === 'succeeded' && id !== selected;
  if (hideSucceeded) return steps.filter((step) => !isQuiet(step)).map((step) => ({ kind: 'step', step }));
  if (steps.length <= foldsBeyond) return steps.map((step) => ({ kind: 'step', step }));
  const rows: Row[] = [];
  let quiet: Step[] = [];
  const fold = () => {
    const [first] = quiet;
    if (first && quiet.length > 1 && !unfolded.has(first.id)) rows.push({ kind: 'fold', steps: quiet });
    else rows.push(...quiet.map((step): Row => ({ kind: 'step', step })));
    quiet = [];
  };
  for (const step of steps) {
    if (isQuiet(step)) quiet.push(step);
    else {
      fold();
      rows.push({ kind: 'step', step });
    }
  }
  fold();
  return rows;
}
