import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { ClusterEventsDocument } from '../../src/generated/client.js';
import { present, server } from '../rules/fixture.js';
import { Fleet } from './fleet.js';
import { seeded } from './random.js';
import { type Message, Raw } from './raw.js';
import { logged } from './recount.js';
import { endless } from './work.js';

const sockets = Number(process.env.SOCKETS ?? 500);
const clusters = 5;

const on = server();

test(`W4: ${sockets} readers lose their sockets and come back with their cursors: each sees every event once, for a few reads in all`, {
  timeout: 60_000 + sockets * 100,
}, async () => {
  const random = seeded();
  const work = await endless(on.url, clusters);
  const readers = Array.from({ length: sockets }, (_, index) => new Reader(present(work[index % clusters]).clusterId));
  const fleet = new Fleet({ url: on.url, stepIds: work.map(({ stepId }) => stepId), reporters: 2, random });
  await Promise.all(readers.map((reader) => reader.come(on.url)));
  await fleet.progress(200);
  for (const reader of readers) reader.leave();
  await fleet.progress(200);
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  await Promise.all(readers.map((reader) => reader.come(on.url)));
  const reads = spy.mock.calls.map(textOf).filter((text) => /^\s*(SELECT c\.\*|WITH place)/.test(text)).length;
  spy.mockRestore();
  // Of each cluster its state and what was missed; and once more where that was being read already.
  expect(reads).toBeGreaterThanOrEqual(clusters * 2);
  expect(reads).toBeLessThanOrEqual(clusters * 4);
  await fleet.stop();
  for (const { clusterId } of work) {
    const log = await logged(on.app.databaseUrl, clusterId);
    for (const reader of readers.filter((one) => one.clusterId === clusterId)) {
      await reader.reach(present(log.at(-1)));
      expect(reader.seen).toEqual(log);
    }
  }
});

/** As pg is given it by Prisma: an object with the statement, or the statement itself. */
const textOf = ([query]: readonly unknown[]) => (typeof query === 'string' ? query : (query as { text: string }).text);

/** A reader of a cluster's log, who remembers where it is. */
class Reader {
  readonly #before: Message[] = [];
  #raw: Raw | undefined;

  constructor(readonly clusterId: string) {}

  /** Resolves when it has been sent something. */
  async come(url: string): Promise<void> {
    this.#raw = await Raw.open(url);
    this.#raw.subscribe('log', String(ClusterEventsDocument), {
      clusterId: this.clusterId,
      after: this.#batches.at(-1)?.cursor,
    });
    await this.#raw.find(({ id }) => id === 'log');
  }

  leave(): void {
    this.#before.push(...(this.#raw?.messages ?? []));
    this.#raw?.ws.terminate();
    this.#raw = undefined;
  }

  async reach(eventId: string): Promise<void> {
    if (!this.seen.includes(eventId))
      await this.#raw?.find(({ payload }) =>
        payload?.data?.clusterEvents.events.some(({ id }: { id: string }) => id === eventId),
      );
  }

  get seen(): string[] {
    return this.#batches.flatMap(({ events }) => events.map(({ id }) => id));
  }

  get #batches(): { events: { id: string }[]; cursor: string }[] {
    const messages = [...this.#before, ...(this.#raw?.messages ?? [])];
    return messages.filter(({ type }) => type === 'next').map(({ payload }) => payload.data.clusterEvents);
  }
}
