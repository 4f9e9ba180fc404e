import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { natsServer } from '../bus/nats-server.js';
import { progressOf } from '../rules/follow.js';
import { createCluster, event, report, startOperation } from '../support/api.js';
import { Fleet } from './fleet.js';
import { pair } from './pair.js';
import { type Random, rounds, seeded } from './random.js';
import { miscounted, rows } from './recount.js';
import { serve } from './serve.js';
import { Watcher } from './watch.js';
import { endless, type Work } from './work.js';

const times = rounds(3);
const timeout = 60_000 + times * 20_000;

/** What carries hints between the servers of a test, until it is cut. */
interface Carrier {
  readonly natsUrl: string | undefined;
  cut(databaseUrl: string): Promise<unknown>;
  mend(): Promise<void>;
}

const listenNotify = async (): Promise<Carrier> => ({
  natsUrl: undefined,
  cut: (databaseUrl) =>
    rows(
      databaseUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`,
    ),
  // The servers do that themselves.
  mend: async () => {},
});

const nats = async (): Promise<Carrier> => {
  const server = await natsServer();
  return { natsUrl: server.url, cut: server.stop, mend: server.restart };
};

const installed = spawnSync('nats-server', ['--version']).error === undefined;
if (!installed && !process.env.CI) console.warn('nats-server is not installed: tests of servers with NATS are skipped');

describe('servers that tell each other by LISTEN/NOTIFY', () => suite(listenNotify));
describe.runIf(installed || process.env.CI)('servers that tell each other by NATS', () => suite(nats));

function suite(carrierOf: () => Promise<Carrier>) {
  test('E1, W6: two servers write to the same clusters, and readers on both see every event in order, once', {
    timeout,
  }, async () => {
    const random = seeded();
    const { natsUrl } = await carrierOf();
    const { a, b, databaseUrl } = await pair({ natsUrl });
    const work = await endless(a, 4);
    const watchers = [...watching(a, work), ...watching(b, work)];
    const fleets = [a, b].map((url) => fleetOn(url, work, random));
    await Promise.all(fleets.map((fleet) => fleet.progress(500)));
    await expectWhole(databaseUrl, fleets, watchers);
  });

  test(`W6: ${times} times, what carries hints is cut: readers go on from the database, and have missed nothing`, {
    timeout,
  }, async () => {
    const random = seeded();
    const carrier = await carrierOf();
    const { a, b, databaseUrl } = await pair({ natsUrl: carrier.natsUrl });
    const work = await endless(a, 4);
    const watchers = watching(b, work);
    const fleet = fleetOn(a, work, random);
    const arrive = async () => {
      const events = work.map(({ stepId }) => event(stepId));
      await report(a, events);
      await Promise.all(events.map(({ id }, index) => watchers[index]?.reach(id)));
    };
    for (let time = 0; time < times; time++) {
      await fleet.progress(random.between(1, 200));
      await carrier.cut(databaseUrl);
      await arrive();
      await carrier.mend();
      await arrive();
    }
    await expectWhole(databaseUrl, [fleet], watchers);
  });

  test('W2: readers who come to one server at any moment, while the other is reported to, see every event in order, once', {
    timeout,
  }, async () => {
    const random = seeded();
    const { natsUrl } = await carrierOf();
    const { a, b, databaseUrl } = await pair({ natsUrl });
    const work = await endless(a, 10);
    const fleet = fleetOn(a, work, random);
    const watchers: Watcher[] = [];
    // Each is its cluster's first reader on that server, who brings the feed and what it hears of into being.
    for (const cluster of work) {
      await fleet.progress(random.between(1, 50));
      watchers.push(...watching(b, [cluster]));
    }
    await fleet.progress(100);
    await expectWhole(databaseUrl, [fleet], watchers);
  });

  test('W6, O7: a server killed while it is reported to: readers on the other miss nothing, and its work goes on there', {
    timeout,
  }, async () => {
    const random = seeded();
    const { natsUrl } = await carrierOf();
    const { b, databaseUrl } = await pair({ natsUrl });
    const killed = await serve({ DATABASE_URL: databaseUrl, NATS_URL: natsUrl ?? '' });
    const work = await endless(killed.url, 4);
    const watchers = watching(b, work);
    const leased = await createCluster(killed.url);
    const { id: operationId } = await startOperation(killed.url, leased.id, [], 'CREATING', { leaseSeconds: 3 });
    const fleet = fleetOn(killed.url, work, random);
    await fleet.progress(random.between(1, 500));
    await killed.end('SIGKILL');
    fleet.url = b;
    await fleet.progress(200);
    await expectWhole(databaseUrl, [fleet], watchers);
    await progressOf(b, leased.id).until(({ clusterProgress: { operations } }) =>
      operations.some(({ id, state }) => id === operationId && state === 'INTERRUPTED'),
    );
  });
}

const watching = (url: string, work: readonly Work[]) => work.map(({ clusterId }) => new Watcher(url, clusterId));

const fleetOn = (url: string, work: readonly Work[], random: Random) =>
  new Fleet({ url, stepIds: work.map(({ stepId }) => stepId), reporters: 10, random });

async function expectWhole(databaseUrl: string, fleets: readonly Fleet[], watchers: readonly Watcher[]) {
  for (const fleet of fleets) {
    await fleet.stop();
    expect(fleet.refused).toEqual([]);
  }
  expect(await miscounted(databaseUrl)).toEqual([]);
  for (const watcher of watchers) await watcher.expectWhole(databaseUrl);
}
