import type { MutationResolvers } from '../../generated/resolvers.js';
import type { Context } from '../context.js';

/** Of each payload: the fields of `Query` have their own resolvers. */
const query = {};

/** Each hands its input to the recorder, which checks all of it. */
export const Mutation: MutationResolvers = {
  registerPlugin: async (_, { input }, context) => ({
    query,
    plugin: await writer(context).registerPlugin(context.caller.tenantId, input),
  }),
  createCluster: async (_, { input }, context) => ({
    query,
    cluster: await writer(context).createCluster(context.caller.tenantId, input),
  }),
  updateCluster: async (_, { input }, context) => ({
    query,
    cluster: await writer(context).updateCluster(context.caller.tenantId, input),
  }),
  deleteCluster: async (_, { input }, context) => ({
    query,
    id: await writer(context).deleteCluster(context.caller.tenantId, input),
  }),
  startOperation: async (_, { input }, context) => ({
    query,
    operation: await writer(context).startOperation(context.caller.tenantId, input),
  }),
  heartbeat: async (_, { input }, context) => ({
    query,
    leaseExpiresAt: (await writer(context).heartbeat(context.caller.tenantId, input))?.leaseExpiresAt ?? null,
  }),
  addStep: async (_, { input }, context) => ({
    query,
    step: await writer(context).addStep(context.caller.tenantId, input),
  }),
  startStep: async (_, { input }, context) => ({
    query,
    step: await writer(context).startStep(context.caller.tenantId, input),
  }),
  updateStep: async (_, { input }, context) => ({
    query,
    step: await writer(context).updateStep(context.caller.tenantId, input),
  }),
  reportEvents: async (_, { input }, context) => ({
    query,
    ...(await writer(context).reportEvents(context.caller.tenantId, input)),
  }),
  finishStep: async (_, { input }, context) => ({
    query,
    step: await writer(context).finishStep(context.caller.tenantId, input),
  }),
  finishOperation: async (_, { input }, context) => ({
    query,
    operation: await writer(context).finishOperation(context.caller.tenantId, input),
  }),
  cancelOperation: async (_, { input }, context) => ({
    query,
    operation: await writer(context).cancelOperation(context.caller.tenantId, input),
  }),
};

/** W8: what a mutation selects must not come from what an earlier mutation of the same request has read. */
function writer({ recorder, loaders }: Context) {
  loaders.clear();
  return recorder;
}
