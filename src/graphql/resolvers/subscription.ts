import type { EventBatch } from '../../fanout/events.js';
import type { ClusterProgress } from '../../fanout/progress.js';
import type { ClusterChanged } from '../../fanout/tenant.js';
import type { Context } from '../context.js';
import { eventCursor, parseEventCursor } from '../cursors.js';

type Given<T> = T | null | undefined;

const ref = ({ caller }: Context, id: string) => ({ tenantId: caller.tenantId, id: id.toLowerCase() });

/** What each subscription follows; its messages come from there as they are to be shown. */
export const Subscription = {
  clusterProgress: {
    subscribe: (_: unknown, args: { clusterId: string; after?: Given<number> }, context: Context) =>
      context.hub.progress(ref(context, args.clusterId), args.after ?? null),
    resolve: (progress: ClusterProgress) => progress,
  },
  clusterEvents: {
    subscribe: (
      _: unknown,
      args: { clusterId: string; stepId?: Given<string>; successful?: Given<boolean>; after?: Given<string> },
      context: Context,
    ) =>
      context.hub.events(
        ref(context, args.clusterId),
        { stepId: args.stepId?.toLowerCase(), successful: args.successful ?? undefined },
        args.after == null ? null : parseEventCursor(args.after),
      ),
    resolve: ({ position, ...batch }: EventBatch) => ({ ...batch, cursor: eventCursor(position) }),
  },
  clusterChanges: {
    subscribe: (_: unknown, _args: unknown, context: Context) => context.hub.changes(context.caller.tenantId),
    resolve: (change: ClusterChanged) => change,
  },
};
