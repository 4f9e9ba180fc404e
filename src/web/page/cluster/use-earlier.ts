import { useEffect, useMemo, useRef } from 'react';
import type { Step, StepType } from 'stepcast/client';
import { type History, LiveHistory } from '../live/history.js';
import { Store, useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { type Earlier, earlierRuns } from './usual.js';

const nothing = new Store<History>(new Map());
const open = (key: string) => new LiveHistory(...(JSON.parse(key) as [string | null, StepType]));

/** What is known from earlier runs of these steps, by their ids; it is read when the steps are first shown. */
export function useEarlier(
  pluginName: string | null,
  type: StepType,
  steps: readonly Step[],
): ReadonlyMap<string, Earlier> {
  const live = useLive(open, JSON.stringify([pluginName, type]));
  const history = useStore(live?.store ?? nothing);
  const plan = usePlan(steps);
  useEffect(() => live?.want(plan.map(({ stepName }) => stepName)), [live, plan]);
  return useMemo(() => earlierRuns(plan, history), [plan, history]);
}

/** The steps as they were when one was added last: what is reported of them changes nothing here. */
function usePlan(steps: readonly Step[]): readonly Step[] {
  const plan = useRef(steps);
  const isSame = steps.length === plan.current.length && steps.every(({ id }, index) => id === plan.current[index]?.id);
  if (!isSame) plan.current = steps;
  return plan.current;
}
