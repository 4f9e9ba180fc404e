import type { Operation } from '../../domain/operation.js';
import { currentStep } from '../../domain/operation.js';
import type { Step } from '../../domain/step.js';
import type { ClusterProvisioningProgressArgs, ClusterResolvers } from '../../generated/resolvers.js';
import { connection } from '../connection.js';
import { operationCursors } from '../cursors.js';
import { eventConnection } from './event.js';

export const Cluster: ClusterResolvers = {
  statusDescription: ({ statusDescription }, _, { reads }) => reads.answer(statusDescription),
  plugin: ({ pluginName }, _, { loaders }) => (pluginName === null ? null : loaders.plugin.load(pluginName)),
  provisioningProgress: async ({ id }, wanted, { loaders }) => only(wanted, await loaders.stepsOfCluster.load(id)),
  currentStep: async ({ id }, _, { loaders }) => currentStep(await loaders.currentSteps.load(id)),
  currentOperation: async ({ id }, _, { loaders }) => ifRunning(await loaders.newestOperation.load(id)),
  lastOperation: ({ id }, _, { loaders }) => loaders.newestOperation.load(id),
  operations: ({ id }, args, { loaders }, info) =>
    connection(args, info, operationCursors, numberOf, async (page) => ({
      rows: await loaders.operationPage(page).load(id),
    })),
  events: ({ id }, args, context, info) => eventConnection({ clusterId: id }, args, context, info),
};

const only = ({ stepType, operationId }: Partial<ClusterProvisioningProgressArgs>, steps: readonly Step[]) =>
  steps.filter(
    (step) =>
      (stepType == null || step.stepType === stepType) &&
      (operationId == null || step.operationId === operationId.toLowerCase()),
  );

/** O2: no other operation than the newest runs. */
const ifRunning = (newest: Operation | null) => (newest?.state === 'RUNNING' ? newest : null);

const numberOf = ({ number }: Operation) => number;
