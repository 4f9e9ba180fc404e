import type { Cluster } from '../cluster.js';
import type { Step } from '../step.js';
import { earlyGap, firstOf, longestGap, timesAtShares } from './curve.js';
import type { RunKey, StepRun } from './run.js';

/** Whose earlier runs tell of a step of this cluster. */
export const runKeyOf = (
  step: Pick<Step, 'tenantId' | 'stepType' | 'stepName'>,
  pluginName: string | null,
): RunKey => ({
  tenantId: step.tenantId,
  pluginName: pluginName ?? '',
  stepType: step.stepType,
  stepName: step.stepName,
});

/** Whether it has not gone well. */
export const isLost = ({ state }: Step) => state === 'FAILED' || state === 'CANCELLED';

/** P1: what is kept of a step that has ended; null of one that had nothing to do, or never began. */
export function runOf(step: Step, cluster: Pick<Cluster, 'pluginName'>, endedAt: Date): StepRun | null {
  const { startedAt, curve, total } = step;
  if (startedAt === null || total === 0) return null;
  const end = step.completedAt ?? step.lastReportAt ?? startedAt;
  return {
    ...runKeyOf(step, cluster.pluginName),
    stepId: step.id,
    operationId: step.operationId,
    clusterId: step.clusterId,
    total,
    successful: step.state === 'SUCCEEDED',
    startedAt,
    endedAt,
    duration: step.state === 'CANCELLED' ? (step.duration ?? 0) : Math.max(0, end.getTime() - startedAt.getTime()),
    firstAt: firstOf(curve),
    earlyGap: earlyGap(curve),
    longestGap: longestGap(curve),
    times: timesAtShares(curve, total ?? step.completed),
  };
}
