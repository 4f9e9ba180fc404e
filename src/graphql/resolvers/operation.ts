import { progress } from '../../domain/operation.js';
import type { ClusterOperationResolvers } from '../../generated/resolvers.js';

export const ClusterOperation: ClusterOperationResolvers = {
  steps: ({ id }, _, { loaders }) => loaders.stepsOfOperation.load(id),
  progress: async ({ id }, _, { loaders }) => progress(await loaders.stepsOfOperation.load(id)),
};
