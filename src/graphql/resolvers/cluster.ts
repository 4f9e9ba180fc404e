import type { Operation } from '../../domain/operation.js';
import { currentStep } from '../../domain/operation.js';
import type { Step } from '../../domain/step.js';
import type { ClusterProvisioningProgressArgs, ClusterResolvers } from '../../generated/resolvers.js';
import { connection } from '../connection.js';
import { operationCursors } from '../cursors.js';
import { eventConnection } from './event.js';

export const Cluster: ClusterResolvers = {
  provisioningProgress: async ({ id }, wanted, { loaders }) => only(wanted, await loaders.stepsOfCluster.load(id)),
  currentStep: async ({ id }, _, { loaders }) => currentStep(await loaders.currentSteps.load(id)),
  currentOperation: ({ id }, _, { loaders }) => loaders.runningOperation.load(id),
  operations: ({ tenantId, id }, page, { library }) =>
    connection(page, operationCursors, numberOf, (page) => library.operationPage(tenantId, id, page)),
  events: ({ tenantId, id }, wanted, { library }) => eventConnection(library, tenantId, { clusterId: id, ...wanted }),
};

const only = ({ stepType, operationId }: Partial<ClusterProvisioningProgressArgs>, steps: readonly Step[]) =>
  steps.filter(
    (step) =>
      (stepType == null || step.stepType === stepType) &&
      (operationId == null || step.operationId === operationId.toLowerCase()),
  );

const numberOf = ({ number }: Operation) => number;
