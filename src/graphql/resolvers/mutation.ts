import type { MutationResolvers } from '../../generated/resolvers.js';
import type { Context } from '../context.js';

/** Each hands its input to the recorder, which checks all of it. */
export const Mutation: MutationResolvers = {
  registerPlugin: async (_, { input }, context) => ({
    plugin: await writer(context).registerPlugin(context.caller.tenantId, input),
  }),
  createCluster: async (_, { input }, context) => ({
    cluster: await writer(context).createCluster(context.caller.tenantId, input),
  }),
  updateCluster: async (_, { input }, context) => ({
    cluster: await writer(context).updateCluster(context.caller.tenantId, input),
  }),
  deleteCluster: async (_, { input }, context) => ({
    id: await writer(context).deleteCluster(context.caller.tenantId, input),
  }),
  startOperation: async (_, { input }, context) => ({
    operation: await writer(context).startOperation(context.caller.tenantId, input),
  }),
  addStep: async (_, { input }, context) => ({
    step: await writer(context).addStep(context.caller.tenantId, input),
  }),
  startStep: async (_, { input }, context) => ({
    step: await writer(context).startStep(context.caller.tenantId, input),
  }),
  reportEvents: (_, { input }, context) => writer(context).reportEvents(context.caller.tenantId, input),
  finishStep: async (_, { input }, context) => ({
    step: await writer(context).finishStep(context.caller.tenantId, input),
  }),
  finishOperation: async (_, { input }, context) => ({
    operation: await writer(context).finishOperation(context.caller.tenantId, input),
  }),
};

/** W8: what a mutation selects must not come from what an earlier mutation of the same request has read. */
function writer({ recorder, loaders }: Context) {
  loaders.clear();
  return recorder;
}
