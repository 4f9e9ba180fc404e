import type { Step } from 'stepcast/client';
import { useNow } from '../live/clock.js';
import { inWords } from '../ui/durations.js';
import type { Look } from '../ui/state.js';
import { isOpen } from './timeline.js';
import type { Usual } from './usual.js';
import { inUnit, roughly } from './words.js';

export interface ElapsedProps {
  readonly step: Step;
  readonly look: Look;
  readonly usual: Usual | undefined;
}

/** How long a step took, has run so far, or usually takes. */
export function Elapsed({ step, look, usual }: ElapsedProps) {
  if (step.startedAt === null)
    return usual && look === 'planned' ? (
      <span className="muted">≈ {inUnit(Math.max(1_000, usual.median * 1_000))}</span>
    ) : null;
  if (isOpen(look)) return <Running startedAt={step.startedAt} />;
  return step.duration === null ? null : <span>{inWords(step.duration)}</span>;
}

/** It counts as long as the page is current. */
function Running({ startedAt }: { startedAt: string }) {
  const now = useNow();
  return now === null ? null : <span>{roughly(now - Date.parse(startedAt))}</span>;
}
