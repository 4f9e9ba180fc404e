import { keyOf } from '../domain/cluster.js';
import type { Hint, ReadStore } from '../domain/ports.js';
import type { Faults } from './faults.js';
import type { Feed } from './feed.js';
import type { TenantFeed } from './tenant.js';

/** Tells feeds how far their clusters have come: one statement for all. Never rejects. */
export function compareFeeds(readStore: ReadStore, feeds: readonly Feed[], faults: Faults): Promise<void> {
  return comparing(feeds, faults, async () => {
    const hints = await readStore.revisions(feeds.map((feed) => feed.ref));
    const reached = new Map(hints.map((hint) => [keyOf(hint), hint.revision]));
    for (const feed of feeds) feed.compare(reached.get(keyOf(feed.ref)));
  });
}

/** Tells feeds of tenants where all their clusters stand: one statement for all. Never rejects. */
export function compareTenants(readStore: ReadStore, tenants: readonly TenantFeed[], faults: Faults): Promise<void> {
  return comparing(tenants, faults, async () => {
    const hints = await readStore.revisionsOf(tenants.map(({ tenantId }) => tenantId));
    const reached = new Map<string, Hint[]>(tenants.map(({ tenantId }) => [tenantId, []]));
    for (const hint of hints) reached.get(hint.tenantId)?.push(hint);
    for (const tenant of tenants) tenant.compare(reached.get(tenant.tenantId) ?? []);
  });
}

/** What could not be compared stays in doubt: the next poll tries again. */
async function comparing(
  feeds: readonly (Feed | TenantFeed)[],
  faults: Faults,
  compare: () => Promise<void>,
): Promise<void> {
  if (feeds.length === 0) return;
  for (const feed of feeds) feed.beginComparison();
  try {
    await compare();
  } catch (error) {
    faults.take(error);
    for (const feed of feeds) feed.abortComparison();
  }
}
