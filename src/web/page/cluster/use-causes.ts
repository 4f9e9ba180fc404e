import { useEffect } from 'react';
import type { ErrorGroup, Operation, Step } from 'stepcast/client';
import { LiveCauses } from '../live/causes.js';
import { Store, useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';

/** Where on the timeline something of a step failed first. */
export interface Mark {
  readonly at: string;
  /** Whatever failed of the step was retried well. */
  readonly isRecovered: boolean;
}

const nothing = new Store<readonly ErrorGroup[]>([]);
const open = (operationId: string) => new LiveCauses(operationId);

/** Why units of the operation failed; read again as failures come in. */
export function useCauses(operation: Operation, steps: readonly Step[]): readonly ErrorGroup[] {
  const live = useLive(open, operation.id);
  const groups = useStore(live?.store ?? nothing);
  const failed = steps.map(({ failed }) => failed).join(' ');
  useEffect(() => {
    if (/[1-9]/.test(failed)) live?.changed(`${failed} ${operation.state}`);
  }, [live, failed, operation.state]);
  return groups;
}

/** When each step failed first, by its id. */
export function marksOf(groups: readonly ErrorGroup[]): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { firstSeenAt, recovered, sample } of groups) {
    const known = marks.get(sample.provisionStepId);
    const at = known && known.at < firstSeenAt ? known.at : firstSeenAt;
    marks.set(sample.provisionStepId, { at, isRecovered: recovered && (known?.isRecovered ?? true) });
  }
  return marks;
}
