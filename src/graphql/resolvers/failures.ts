import type { GraphQLResolveInfo } from 'graphql';
import type { Event } from '../../domain/event.js';
import type { LogPart, Texts } from '../../domain/ports.js';
import type { QueryFailuresArgs } from '../../generated/resolvers.js';
import { connection } from '../connection.js';
import type { Context } from '../context.js';
import { failureCursors } from '../cursors.js';
import { eventBytes, share } from '../loaders.js';
import { tooMuchText } from '../reads.js';
import { selects } from '../selects.js';

/** E5: all failures with an error id, newest first. */
export async function eventsByErrorId(errorId: string, first: number, context: Context, texts: boolean) {
  const { readStore, caller } = context;
  const { events, cut } = await list(context, texts, (texts) =>
    readStore.eventsByErrorId(caller.tenantId, errorId, first, texts && { ...texts, page: texts.all }),
  );
  if (cut) throw tooMuchText();
  return events;
}

/** A page of the failures of all clusters, newest first. It ends early when its texts come to 512 KiB. */
export const failureConnection = (
  { since, ...page }: Partial<QueryFailuresArgs>,
  context: Context,
  info: GraphQLResolveInfo,
) =>
  connection(page, info, failureCursors, placeOf, async (page) => {
    const { readStore, caller } = context;
    const { events, cut } = await list(context, selects('eventInfo', info), (texts) =>
      readStore.failurePage(caller.tenantId, { ...page, since: since ?? undefined, texts }),
    );
    return { rows: events, cut };
  });

async function list({ reads }: Context, texts: boolean, read: (texts: Texts) => Promise<LogPart>): Promise<LogPart> {
  if (!texts) return reads.run(() => read(null));
  const part = await reads.texts(
    (most) => read(share(most, 1)),
    ({ events }) => eventBytes(events),
  );
  if (part.excessive) throw tooMuchText();
  return part;
}

const placeOf = ({ createdAt, revision, id }: Event) => ({ createdAt, revision, id });
