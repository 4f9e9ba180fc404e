import { summary } from '../../domain/step.js';
import type { Unit } from '../../domain/unit.js';
import type { ClusterProvisionStepResolvers } from '../../generated/resolvers.js';
import { connection } from '../connection.js';
import { unitCursors } from '../cursors.js';
import { present } from '../loaders.js';
import { topGroups } from './error-group.js';
import { estimateOfStep, isSlow } from './estimate.js';
import { eventConnection } from './event.js';

export const ClusterProvisionStep: ClusterProvisionStepResolvers = {
  cluster: ({ clusterId }, _, { loaders }) => loaders.holder(clusterId),
  operation: async ({ operationId }, _, { loaders }) => present(await loaders.operation.load(operationId), operationId),
  summary: (step) => summary(step),
  errorGroups: async ({ id }, { first }, { loaders }) => topGroups(id, await loaders.causesOfStep.load(id), first),
  estimate: (step, _, context) => estimateOfStep(step, context),
  slowerThanUsual: (step, _, context) => isSlow(step, context),
  units: ({ id }, { filter, orderBy, ...args }, { loaders }, info) => {
    const order = orderBy ?? 'KEY';
    const placeOf = ({ key, lastReportAt }: Unit) => ({ at: order === 'KEY' ? null : lastReportAt, key });
    const { state, nodeGroupId, text } = filter ?? {};
    const wanted = { order, state: state ?? undefined, nodeGroupId: nodeGroupId ?? undefined, text: text ?? undefined };
    return connection(args, info, unitCursors(order), placeOf, async ({ first, after }) => ({
      rows: await loaders.unitPage({ ...wanted, first, after }).load(id),
    }));
  },
  events: ({ clusterId, id }, args, context, info) => eventConnection({ clusterId, stepId: id }, args, context, info),
};
