import { errorGroups } from '../../domain/causes/error-groups.js';
import type { StepCause } from '../../domain/causes/step-cause.js';
import type { ErrorGroupResolvers } from '../../generated/resolvers.js';
import { expectSize } from '../connection.js';
import { present } from '../loaders.js';
import { selects } from '../selects.js';

export const ErrorGroup: ErrorGroupResolvers = {
  sample: async ({ sampleId }, _, { loaders }, info) =>
    present(await loaders.event(selects('eventInfo', info)).load(sampleId), sampleId),
  knownCause: ({ message }, _, { knownCauses }) => knownCauses.of(message),
};

/**
 * C4: the first so many groups of these causes, those of the step or operation `ofId`. Another has groups of the same causes,
 * and other counts: a client's cache must not take one for the other.
 */
export const topGroups = (ofId: string, causes: readonly StepCause[], first: number | null | undefined) =>
  errorGroups(causes)
    .slice(0, expectSize('first', first ?? 20))
    .map((group) => ({ ...group, id: `${ofId}:${group.id}` }));
