import type { GraphQLResolveInfo } from 'graphql';
import type { Event } from '../../domain/event.js';
import { shortText } from '../../domain/input.js';
import type { EventConditions, LogRef } from '../../domain/ports.js';
import type { ClusterEventResolvers, EventFilter } from '../../generated/resolvers.js';
import { connection, type PageArguments } from '../connection.js';
import type { Context } from '../context.js';
import { eventCursors } from '../cursors.js';
import { present } from '../loaders.js';
import { selects } from '../selects.js';

export const ClusterEvent: ClusterEventResolvers = {
  cluster: ({ clusterId }, _, { loaders }) => loaders.holder(clusterId),
  step: async ({ provisionStepId }, _, { loaders }) =>
    present(await loaders.step.load(provisionStepId), provisionStepId),
  eventInfo: ({ eventInfo }, _, { reads }) => reads.answer(eventInfo),
};

interface Wanted extends PageArguments {
  readonly filter?: EventFilter | null;
}

/** A page of a log. It ends early when its texts come to 512 KiB; no text is read that is not selected. */
export const eventConnection = (log: LogRef, wanted: Wanted, { loaders, hub }: Context, info: GraphQLResolveInfo) => {
  const positionOf = (revision: number) => ({ epoch: hub.epoch, revision });
  const cursorOf = ({ revision }: Event) => positionOf(revision);
  return connection(wanted, info, eventCursors, cursorOf, async ({ after, before, ...page }) => {
    const { stepId, ...filter } = wanted.filter ?? {};
    const narrowed = narrow(log, stepId);
    if (!narrowed) return { rows: [] };
    const args = {
      ...page,
      after: after?.revision,
      before: before?.revision,
      conditions: conditions(filter),
      texts: selects('eventInfo', info),
    };
    const { events, cut, end } = await loaders.eventPage(args, narrowed.stepId !== undefined).load(narrowed);
    return { rows: events, cut, end: end === null ? null : positionOf(end) };
  });
};

/** The step's part of the log; null when it is the part of another step already. */
function narrow(log: LogRef, stepId: string | null | undefined): LogRef | null {
  if (stepId == null) return log;
  return log.stepId === undefined || log.stepId === stepId.toLowerCase() ? { ...log, stepId } : null;
}

const longest = 1_000;

/** A condition given as null is none, nor is an empty text. */
const conditions = ({
  operationId,
  successful,
  nodeGroupId,
  instanceId,
  instanceName,
  since,
  until,
  text,
}: EventFilter) =>
  ({
    operationId: operationId ?? undefined,
    successful: successful ?? undefined,
    nodeGroupId: nodeGroupId ?? undefined,
    instanceId: instanceId ?? undefined,
    instanceName: instanceName ?? undefined,
    since: since ?? undefined,
    until: until ?? undefined,
    text: text ? shortText('text in the filter', longest, text) : undefined,
  }) satisfies EventConditions;
