import { Fault } from '../domain/errors.js';
import type { EventBatch, LogStart } from '../fanout/events.js';
import { beginning, type Position, startingOver } from '../fanout/position.js';
import type { ClusterProgress } from '../fanout/progress.js';
import type { Source } from '../fanout/source.js';
import type { ClusterChanges } from '../fanout/tenant-stream.js';
import type { StepUnits } from '../fanout/units.js';
import type {
  SubscriptionClusterChangesArgs,
  SubscriptionClusterEventsArgs,
  SubscriptionClusterProgressArgs,
  SubscriptionStepUnitsArgs,
} from '../generated/resolvers.js';
import { expectCount } from './connection.js';
import type { Context } from './context.js';
import { type Cursor, eventCursors, type Place, progressCursors, unitPictureCursors } from './cursors.js';
import { conditions } from './resolvers/clusters.js';

/** A root field of `Subscription`. */
export interface SubscriptionField<Arguments, Payload> {
  /** What it follows, and from where. Rejects with a Fault. */
  open(args: Arguments, context: Context): Promise<Source>;
  /** The field's value in a message, of what the stream said. */
  resolve(payload: Payload): object;
}

/** Operations in a snapshot, unless asked otherwise, and at most. */
const usualOperations = 10;
const mostOperations = 100;

const ref = ({ caller }: Context, id: string) => ({ tenantId: caller.tenantId, id: id.toLowerCase() });

/** Where a subscriber resumes: one that comes from another history, or is ahead of this one, starts over (W1). */
function positionAt(after: string | null | undefined, cursors: Cursor<Place>, { hub }: Context): Position {
  if (after == null) return beginning;
  const { epoch, revision } = cursors.read(after);
  return epoch === hub.epoch ? { seen: revision } : startingOver;
}

const clusterProgress: SubscriptionField<SubscriptionClusterProgressArgs, ClusterProgress> = {
  open: async ({ clusterId, after, operations }, context) =>
    context.hub.progress(
      ref(context, clusterId),
      {
        from: positionAt(after, progressCursors, context),
        operations: expectCount('operations', operations ?? usualOperations, { least: 1, most: mostOperations }),
      },
      context.signal,
    ),
  resolve: (progress) => ({ ...progress, cursor: progressCursors.write(progress) }),
};

/** Events that a subscriber may begin with, at most. */
const mostLast = 500;

function logStart({ after, last }: Pick<SubscriptionClusterEventsArgs, 'after' | 'last'>, context: Context): LogStart {
  if (last == null) return positionAt(after, eventCursors, context);
  if (after != null) throw new Fault('BAD_USER_INPUT', 'expected after or last, got both');
  return { last: expectCount('last', last, { least: 0, most: mostLast }) };
}

const clusterEvents: SubscriptionField<SubscriptionClusterEventsArgs, EventBatch> = {
  open: async ({ clusterId, stepId, successful, ...start }, context) =>
    context.hub.events(
      ref(context, clusterId),
      { stepId: stepId?.toLowerCase(), successful: successful ?? undefined },
      logStart(start, context),
      context.signal,
    ),
  resolve: ({ seen, epoch, ...batch }) => ({ ...batch, cursor: eventCursors.write({ revision: seen, epoch }) }),
};

const clusterChanges: SubscriptionField<SubscriptionClusterChangesArgs, ClusterChanges> = {
  open: async ({ filter }, { hub, caller }) => hub.changes(caller.tenantId, filter ? conditions(filter) : null),
  resolve: (changes) => changes,
};

const stepUnits: SubscriptionField<SubscriptionStepUnitsArgs, StepUnits> = {
  open: async ({ stepId, after }, context) => {
    const place = after == null ? null : unitPictureCursors.read(after);
    return context.hub.units(ref(context, stepId), place, context.signal);
  },
  resolve: ({ units, reached, picture, ...message }) => ({
    ...message,
    units: units.map(({ index, unit }) => ({ ...unit, index })),
    cursor: unitPictureCursors.write({ seen: reached, picture }),
  }),
};

/** Everything that may be subscribed to. */
export const subscriptions = { clusterProgress, clusterEvents, clusterChanges, stepUnits };

/** Opens the root field of that name; its arguments have been validated against the schema. */
export function openSubscription(name: string, args: object, context: Context): Promise<Source> {
  const field = (subscriptions as Record<string, SubscriptionField<never, never>>)[name];
  if (!field)
    throw new Fault('BAD_USER_INPUT', `expected one of ${Object.keys(subscriptions).join(', ')}, got ${name}`);
  return field.open(args as never, context);
}
