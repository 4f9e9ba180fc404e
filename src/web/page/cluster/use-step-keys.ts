import type { Step } from 'stepcast/client';
import { useKeys } from '../ui/keys.js';
import type { Look } from '../ui/state.js';
import type { Select } from './select.js';
import { neighbour, nextFailed, openStep } from './selection.js';

export interface StepKeys {
  readonly steps: readonly Step[];
  readonly looks: ReadonlyMap<string, Look>;
  readonly selected: Step | null;
  readonly select: Select;
  readonly toggleHidden: () => void;
}

/** The keys of the steps' table. */
export function useStepKeys({ steps, looks, selected, select, toggleHidden }: StepKeys): void {
  const to = (step: Step | null) => (step ? select(step, 'move') : false);
  const next = () => to(neighbour(steps, selected?.id ?? null, 1));
  const previous = () => to(neighbour(steps, selected?.id ?? null, -1));
  useKeys({ j: next, ']': next }, 'next step');
  useKeys({ k: previous, '[': previous }, 'previous step');
  useKeys({ n: () => to(nextFailed(steps, looks, selected?.id ?? null, 1)) }, 'next step that failed');
  useKeys({ [backwards]: () => to(nextFailed(steps, looks, selected?.id ?? null, -1)) }, 'previous step that failed');
  useKeys({ 'g r': () => to(openStep(steps, looks)) }, 'the running step');
  useKeys({ h: toggleHidden }, 'hide or show steps that succeeded');
}

/** Shift and `n`. */
const backwards = 'N';
