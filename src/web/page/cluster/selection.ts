import type { Step } from 'stepcast/client';
import type { Look } from '../ui/state.js';
import { isOpen } from './timeline.js';

type Looks = ReadonlyMap<string, Look>;

/** Whether something of a step stands failed, other than that it was interrupted. */
const hasFailed = ({ id, failed }: Step, looks: Looks) => {
  const look = looks.get(id);
  return look !== 'interrupted' && (failed > 0 || look === 'failed');
};

/** The step that goes on now; null when none does. */
export const openStep = (steps: readonly Step[], looks: Looks): Step | null =>
  steps.findLast(({ id }) => isOpen(looks.get(id) ?? 'planned')) ?? null;

/** What a reader wants to see first: what failed first, else what goes on, else what came last. */
export function defaultStep(steps: readonly Step[], looks: Looks): Step | null {
  return (
    firstFailed(steps, looks) ??
    steps.find(({ id }) => looks.get(id) === 'interrupted') ??
    openStep(steps, looks) ??
    steps.findLast(({ startedAt }) => startedAt !== null) ??
    steps[0] ??
    null
  );
}

/** The first step of which something stands failed: what comes behind it may follow from it. */
export const firstFailed = (steps: readonly Step[], looks: Looks): Step | null =>
  steps.find((step) => hasFailed(step, looks)) ?? null;

/** The next step (or the one before, `by` = -1); at the end, the same one. */
export function neighbour(steps: readonly Step[], id: string | null, by: 1 | -1): Step | null {
  const at = steps.findIndex((step) => step.id === id);
  if (at < 0) return (by > 0 ? steps[0] : steps.at(-1)) ?? null;
  return steps[Math.min(steps.length - 1, Math.max(0, at + by))] ?? null;
}

/** The next step that has failed, and from the last one on to the first; null when none has. */
export function nextFailed(steps: readonly Step[], looks: Looks, id: string | null, by: 1 | -1): Step | null {
  const failed = steps.filter((step) => hasFailed(step, looks) || looks.get(step.id) === 'interrupted');
  const position = steps.find((step) => step.id === id)?.position ?? (by > 0 ? -1 : Number.POSITIVE_INFINITY);
  if (by > 0) return failed.find((step) => step.position > position) ?? failed[0] ?? null;
  return failed.findLast((step) => step.position < position) ?? failed.at(-1) ?? null;
}
