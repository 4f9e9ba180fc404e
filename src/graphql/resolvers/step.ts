import { summary } from '../../domain/step.js';
import type { ClusterProvisionStepResolvers } from '../../generated/resolvers.js';
import { eventConnection } from './event.js';

export const ClusterProvisionStep: ClusterProvisionStepResolvers = {
  summary: (step) => summary(step),
  events: ({ tenantId, clusterId, id }, wanted, { library }) =>
    eventConnection(library, tenantId, { clusterId, stepId: id, ...wanted }),
};
