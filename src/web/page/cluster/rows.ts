import type { Operation, Step } from 'stepcast/client';
import { type Look, lookOf } from '../ui/state.js';

/** How each step looks, by its id. */
export function looksOf(steps: readonly Step[], operation: Operation): ReadonlyMap<string, Look> {
  const lastBegun = steps.findLastIndex(({ startedAt }) => startedAt !== null);
  return new Map(steps.map((step, index) => [step.id, lookOf(step, operation, index < lastBegun)]));
}

/** A row of the table: a step, or several that look alike, folded to a line. */
export type Row =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'fold'; readonly look: Quiet; readonly steps: readonly Step[] };

/** Looks of steps of which there is nothing to see for now. */
export type Quiet = 'succeeded' | 'planned' | 'skipped';

const quiets: readonly Look[] = ['succeeded', 'planned', 'skipped'];
const isQuiet = (look: Look | null | undefined): look is Quiet => !!look && quiets.includes(look);

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

/** So many of those that are still to come have rows of their own. */
const ahead = 3;

/**
 * What the table shows. Of a long operation, steps that succeeded one after another are one row; of those that have not begun,
 * all but the first few.
 */
export function rowsOf(
  steps: readonly Step[],
  looks: ReadonlyMap<string, Look>,
  { hideSucceeded, unfolded, selected }: Folding,
): Row[] {
  const folds = steps.length > foldsBeyond;
  return seriesOf(steps, looks, selected).flatMap(({ look, steps }): Row[] => {
    if (look === 'succeeded' && hideSucceeded) return [];
    const shown = look === 'succeeded' ? 0 : ahead;
    const hidden = steps.slice(shown);
    const [first] = hidden;
    const isFolded = folds && isQuiet(look) && first && hidden.length > 1 && !unfolded.has(first.id);
    if (!isFolded) return steps.map(asRow);
    return [...steps.slice(0, shown).map(asRow), { kind: 'fold', look, steps: hidden }];
  });
}

const asRow = (step: Step): Row => ({ kind: 'step', step });

/** Steps that follow one another and look alike. One that is selected, or of which there is something to see, is alone. */
function seriesOf(steps: readonly Step[], looks: ReadonlyMap<string, Look>, selected: string | null) {
  const series: { readonly look: Look | null; readonly steps: Step[] }[] = [];
  for (const step of steps) {
    const look = looks.get(step.id);
    const quiet = isQuiet(look) && step.id !== selected ? look : null;
    const last = series.at(-1);
    if (quiet !== null && last?.look === quiet) last.steps.push(step);
    else series.push({ look: quiet, steps: [step] });
  }
  return series;
}
