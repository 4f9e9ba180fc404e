import { expect } from 'vitest';
import type { ClusterEventsSubscription, ClusterProgressSubscription } from '../../src/generated/client.js';
import { present } from '../rules/fixture.js';
import { eventsOf, progressOf } from '../rules/follow.js';
import type { Live } from '../support/api.js';
import { logged, rows } from './recount.js';

/** A subscriber of a cluster's log and state, and what it has received. */
export class Watcher {
  readonly #clusterId: string;
  readonly #log: Live<ClusterEventsSubscription>;
  readonly #progress: Live<ClusterProgressSubscription>;
  readonly #ids: string[] = [];

  constructor(url: string, clusterId: string) {
    this.#clusterId = clusterId;
    this.#log = eventsOf(url, clusterId);
    this.#progress = progressOf(url, clusterId);
  }

  /** Resolves once it has seen the event. */
  async reach(id: string): Promise<void> {
    if (this.#ids.includes(id)) return;
    await this.#log.until(({ clusterEvents: { events, reset } }) => {
      expect(reset).toBe(false);
      this.#ids.push(...events.map((event) => event.id));
      return events.some((event) => event.id === id);
    });
  }

  /** Every event in order, once; and, of the state, revisions that grow up to the last. */
  async expectWhole(databaseUrl: string): Promise<void> {
    const log = await logged(databaseUrl, this.#clusterId);
    await this.reach(present(log.at(-1)));
    expect(this.#ids).toEqual(log);

    const sql = 'SELECT revision FROM cluster WHERE id = $1';
    const { revision: last } = present((await rows<{ revision: number }>(databaseUrl, sql, this.#clusterId))[0]);
    const messages = await this.#progress.until(({ clusterProgress }) => clusterProgress.revision >= last);
    const revisions = messages.map(({ clusterProgress }) => clusterProgress.revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    expect(revisions.at(-1)).toBe(last);
  }
}
