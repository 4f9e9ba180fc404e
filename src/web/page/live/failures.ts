import type { ErrorGroup, Event } from 'stepcast/client';
import { client } from './client.js';
import { Reading } from './reading.js';

/** How many causes, and how many of the newest failures, are read. */
const mostGroups = 100;
const mostFailures = 200;

export interface Failures {
  /** Those of which most units stand failed first; recovered ones last. */
  readonly groups: readonly ErrorGroup[];
  /** The newest ones, newest first. */
  readonly newest: readonly Event[];
}

/** Why a step's units failed: read again when the step has changed, at most every 2 s. */
export const readFailures = (clusterId: string, stepId: string): Reading<Failures> =>
  new Reading(async () => {
    const [groups, failures] = await Promise.all([
      client.stepErrorGroups(stepId, mostGroups),
      client.events({ clusterId, filter: { stepId, successful: false }, last: mostFailures }),
    ]);
    return { groups, newest: failures.nodes.toReversed() };
  });
