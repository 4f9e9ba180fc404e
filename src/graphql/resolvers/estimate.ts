import { runKeyOf } from '../../domain/estimate/ended.js';
import type { Known } from '../../domain/estimate/estimates.js';
import type { Operation } from '../../domain/operation.js';
import type { Step } from '../../domain/step.js';
import type { QueryStepHistoryArgs, StepRunResolvers } from '../../generated/resolvers.js';
import { expectSize } from '../connection.js';
import type { Context } from '../context.js';
import { present } from '../loaders.js';
import { isName } from './clusters.js';

export const StepRun: StepRunResolvers = {
  duration: ({ duration }) => Math.min(Math.round(duration), 2 ** 31 - 1),
};

export async function estimateOfStep(step: Step, context: Context) {
  if (step.startedAt === null) return null;
  const { loaders, estimates } = context;
  const operation = present(await loaders.operation.load(step.operationId), step.operationId);
  return operation.state === 'RUNNING' ? estimates.ofStep(operation, await known(step, context)) : null;
}

export async function estimateOfOperation(operation: Operation, context: Context) {
  if (operation.state !== 'RUNNING') return null;
  const steps = await context.loaders.stepsOfOperation.load(operation.id);
  return context.estimates.ofOperation(operation, await Promise.all(steps.map((step) => known(step, context))));
}

export async function isSlow(step: Step, context: Context): Promise<boolean> {
  if (step.state !== 'RUNNING' && step.state !== 'FAILED') return false;
  const operation = present(await context.loaders.operation.load(step.operationId), step.operationId);
  return operation.state === 'RUNNING' && context.estimates.isSlow(await known(step, context));
}

/** P1: earlier runs of a step, of the clusters of a plugin or, without a name, of those of none. */
export async function stepHistory(
  { pluginName, type, stepName, first }: QueryStepHistoryArgs,
  { readStore, reads, caller: { tenantId } }: Context,
) {
  const size = expectSize('first', first ?? 20);
  if (![pluginName ?? '', stepName].every(isName)) return [];
  const key = runKeyOf({ tenantId, stepType: type, stepName }, pluginName ?? null);
  const [runs = []] = await reads.run(() => readStore.stepRuns([key], size));
  return runs;
}

async function known(step: Step, { loaders }: Context): Promise<Known> {
  const { pluginName } = await loaders.holder(step.clusterId);
  return { step, runs: await loaders.runs.load(runKeyOf(step, pluginName)) };
}
