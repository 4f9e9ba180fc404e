import { lastReportAt, progress, stalledSince } from '../../domain/operation.js';
import { between } from '../../domain/times.js';
import type { ClusterOperationResolvers } from '../../generated/resolvers.js';
import { topGroups } from './error-group.js';
import { estimateOfOperation } from './estimate.js';

export const ClusterOperation: ClusterOperationResolvers = {
  cluster: ({ clusterId }, _, { loaders }) => loaders.holder(clusterId),
  steps: ({ id }, _, { loaders }) => loaders.stepsOfOperation.load(id),
  progress: async (operation, _, { loaders }) => progress(operation, await loaders.stepsOfOperation.load(operation.id)),
  lastReportAt: async (operation, _, { loaders }) =>
    lastReportAt(operation, await loaders.stepsOfOperation.load(operation.id)),
  errorGroups: async ({ id }, { first }, { loaders }) => topGroups(id, await loaders.causesOfOperation.load(id), first),
  stalledSince: async (operation, _, { loaders }) =>
    stalledSince(operation, await loaders.stepsOfOperation.load(operation.id)),
  estimate: (operation, _, context) => estimateOfOperation(operation, context),
  duration: ({ startedAt, completedAt }) => completedAt && between(startedAt, completedAt),
};
