import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { ClusterEventsDocument } from '../../src/generated/client.js';
import { present, server } from '../rules/fixture.js';
import { event, report } from '../support/api.js';
import { type Message, Raw } from './raw.js';
import { logged } from './recount.js';
import { endless, type Work } from './work.js';

const sockets = Number(process.env.SOCKETS ?? 5000);
const clusters = 5;

const on = server();

test(`W4: ${sockets} readers lose their sockets and come back with their cursors: each sees every event once, for a few reads in all`, {
  timeout: 180_000 + sockets * 100,
}, async () => {
  const work = await endless(on.url, clusters);
  const readers = Array.from({ length: sockets }, (_, index) => new Reader(present(work[index % clusters]).clusterId));
  await Promise.all(readers.map((reader) => reader.come(on.url)));
  await reports(work, 20);
  for (const reader of readers) reader.leave();
  await reports(work, 20);
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  await Promise.all([...readers.map((reader) => reader.come(on.url)), reports(work, 20)]);
  const reads = spy.mock.calls.map(textOf).filter((text) => /AS operations,|^\s*WITH place/.test(text)).length;
  spy.mockRestore();
  // Of each cluster its state and what was missed; and once more where that was being read already.
  expect(reads).toBeGreaterThanOrEqual(clusters * 2);
  expect(reads).toBeLessThanOrEqual(clusters * 4);
  for (const { clusterId } of work) {
    const log = await logged(on.app.databaseUrl, clusterId);
    for (const reader of readers.filter((one) => one.clusterId === clusterId)) {
      await reader.reach(present(log.at(-1)));
      expect(reader.seen).toEqual(log);
    }
  }
});

/** So many reports, one after the other, each of a few events of one of the clusters. */
async function reports(work: readonly Work[], count: number): Promise<void> {
  for (let time = 0; time < count; time++) {
    const { stepId } = present(work[time % work.length]);
    await report(
      on.url,
      Array.from({ length: 5 }, () => event(stepId)),
    );
  }
}

/** As pg is given it by Prisma: an object with the statement, or the statement itself. */
const textOf = ([query]: readonly unknown[]) => (typeof query === 'string' ? query : (query as { text: string }).text);

/** A reader of a cluster's log, who remembers where it is. */
class Reader {
  /** Of the events. */
  readonly seen: string[] = [];
  #cursor: string | undefined;
  #raw: Raw | undefined;

  constructor(readonly clusterId: string) {}

  /** Resolves when it has been sent something. Turned away or too late among so many, it tries again, as clients do. */
  async come(url: string): Promise<void> {
    for (;;) {
      try {
        return await this.#subscribe(url);
      } catch {
        this.leave();
      }
    }
  }

  async #subscribe(url: string): Promise<void> {
    this.#raw = await Raw.open(url);
    this.#raw.subscribe('log', String(ClusterEventsDocument), { clusterId: this.clusterId, after: this.#cursor });
    await this.#raw.find(({ id }) => id === 'log');
  }

  leave(): void {
    this.#raw?.ws.terminate();
    this.#take();
    this.#raw = undefined;
  }

  async reach(eventId: string): Promise<void> {
    const isThere = ({ payload }: Message) =>
      payload?.data?.clusterEvents.events.some(({ id }: { id: string }) => id === eventId);
    if (!this.seen.includes(eventId)) await this.#raw?.find(isThere);
    this.#take();
  }

  /** What has come is remembered, and need not be held any longer. */
  #take(): void {
    for (const { type, payload } of this.#raw?.messages.splice(0) ?? []) {
      if (type !== 'next') continue;
      const { events, cursor } = payload.data.clusterEvents;
      this.seen.push(...events.map(({ id }: { id: string }) => id));
      this.#cursor = cursor;
    }
  }
}
