import type { StepUnitResolvers } from '../../generated/resolvers.js';
import { selects } from '../selects.js';

export const StepUnit: StepUnitResolvers = {
  lastFailure: ({ lastFailureId }, _, { loaders }, info) =>
    lastFailureId === null ? null : loaders.event(selects('eventInfo', info)).load(lastFailureId),
};
