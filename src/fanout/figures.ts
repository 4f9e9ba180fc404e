import type { Faults } from './faults.js';
import type { Feed } from './feed.js';
import type { RenderedMessages } from './rendered.js';
import type { TenantFeed } from './tenant.js';

/** What a hub holds at a moment. */
export interface FanoutFigures {
  readonly clusterFeeds: number;
  readonly tenantFeeds: number;
  /** Feeds that know of changes they have not read yet, or whose revision is in doubt. */
  readonly unsettledFeeds: number;
  readonly groups: number;
  readonly subscribers: number;
  /** Bytes of events' texts in the feeds' buffers. */
  readonly bufferedBytes: number;
  /** Bytes of rendered messages that are kept for a moment. */
  readonly renderedBytes: number;
  /** Faults of the server that no subscriber was told of. */
  readonly faults: number;
}

export function figuresOf(
  feeds: readonly Feed[],
  tenants: readonly TenantFeed[],
  rendered: RenderedMessages,
  faults: Faults,
): FanoutFigures {
  const all = [...feeds, ...tenants].map(({ groups }) => groups);
  return {
    clusterFeeds: feeds.length,
    tenantFeeds: tenants.length,
    unsettledFeeds:
      feeds.filter(({ unsettled }) => unsettled).length + tenants.filter((tenant) => tenant.isUnsettled(false)).length,
    groups: all.reduce((sum, { size }) => sum + size, 0),
    subscribers: all.reduce((sum, { subscribers }) => sum + subscribers, 0),
    bufferedBytes: feeds.reduce((sum, { events }) => sum + events.bytes, 0),
    renderedBytes: rendered.bytes,
    faults: faults.count,
  };
}
