import type { Event } from '../../domain/event.js';
import type { Library } from '../../domain/ports.js';
import { connection, type PageArguments } from '../connection.js';
import { eventCursors } from '../cursors.js';

interface Wanted extends PageArguments {
  readonly clusterId: string;
  readonly stepId?: string | null;
  readonly successful?: boolean | null;
}

/** A page of a cluster's log, or of one step's part of it. */
export const eventConnection = (
  library: Library,
  tenantId: string,
  { clusterId, stepId, successful, ...page }: Wanted,
) =>
  connection(page, eventCursors, revisionOf, async (page) => {
    const filter = { clusterId, stepId: stepId ?? undefined, successful: successful ?? undefined };
    return (await library.eventPage(tenantId, filter, page)).events;
  });

const revisionOf = ({ revision }: Event) => revision;
