import { useEffect, useMemo } from 'react';
import type { Step, StepType } from 'stepcast/client';
import { type History, LiveHistory } from '../live/history.js';
import { Store, useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { type Earlier, earlierRuns } from './usual.js';

const nothing = new Store<History>(new Map());

/** What is known from earlier runs of these steps, by their ids; it is read when the steps are first shown. */
export function useEarlier(
  pluginName: string | null,
  type: StepType,
  steps: readonly Step[],
): ReadonlyMap<string, Earlier> {
  const live = useLive(open, JSON.stringify([pluginName, type]));
  const history = useStore(live?.store ?? nothing);
  const plan = JSON.stringify(steps.map(({ id, stepName, operationId }) => ({ id, stepName, operationId })));
  useEffect(() => live?.want((JSON.parse(plan) as Planned[]).map(({ stepName }) => stepName)), [live, plan]);
  return useMemo(() => earlierRuns(JSON.parse(plan) as Planned[], history), [plan, history]);
}

type Planned = Pick<Step, 'id' | 'stepName' | 'operationId'>;

const open = (key: string) => new LiveHistory(...(JSON.parse(key) as [string | null, StepType]));
