import { createHash, type Hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { expect, onTestFinished, test } from 'vitest';
import { type Client, createClient, StepcastError } from '../../src/client/index.js';
import { pause, repetition } from '../../src/client/retry.js';
import { Feed } from '../../src/fanout/feed.js';
import { Group } from '../../src/fanout/group.js';
import { TenantFeed } from '../../src/fanout/tenant.js';
import { ClusterEventsDocument } from '../../src/generated/client.js';
import { Connection } from '../../src/transport/websocket/connection.js';
import { Operation } from '../../src/transport/websocket/operation.js';
import { runningStep } from '../client/fixture.js';
import { event } from '../support/api.js';
import { startApp } from '../support/app.js';
import { type Issuer, signingKey, startIssuer } from '../support/issuer.js';
import { until } from '../support/wait.js';
import { type Random, seeded } from './random.js';
import { Raw } from './raw.js';
import { logged } from './recount.js';

const seconds = Number(process.env.SOAK_SECONDS ?? 60);

/** Seconds for which a token is valid, at most. */
const lifetime = 3;
/** Bytes that the heap may have grown by from the first third to the end. */
const growth = 48 * 2 ** 20;

/** Sockets that may stay open. */
const kept = 30;

/** What the server holds for readers, alive after a garbage collection. */
const held = () =>
  [Feed, TenantFeed, Group, Operation, Connection].map((kind) => queryObjects(kind, { format: 'count' }));
/** Bytes, after the garbage collection of `held`. */
function heap(): number {
  held();
  return process.memoryUsage().heapUsed;
}
/** Sockets and servers; timers come and go. */
const handles = () => process.getActiveResourcesInfo().filter((kind) => /Wrap$/.test(kind)).length;

test(`${seconds} s of reports, reads, readers who come back and some who read nothing, by tokens of ${lifetime} s, while their issuer changes its keys and is away: nothing is missed, and nothing remains`, {
  timeout: (seconds + 300) * 1_000,
}, async () => {
  const warnings: string[] = [];
  const warned = ({ name, message }: Error) => {
    if (name === 'MaxListenersExceededWarning') warnings.push(message);
  };
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));

  const issuer = await startIssuer();
  const sessions = new Sessions(issuer);
  const app = await startApp({ auth: { mode: 'on', jwt: issuer.options, oidc: null }, readerTimeoutSeconds: 2 });
  onTestFinished(() => app.close());
  const soak = new Soak(`${app.url}/graphql`, sessions, seeded());
  const before = { held: held(), handles: handles() };

  const clusters = await soak.begin(5);
  const readers = clusters.flatMap(({ clusterId }) => Array.from({ length: 4 }, () => new Reader(soak, clusterId)));
  const steps = clusters.map(({ stepId }) => stepId);
  const work = [
    ...Array.from({ length: 4 }, () => soak.report(steps)),
    ...Array.from({ length: 4 }, () => soak.read(clusters)),
    ...Array.from({ length: 2 }, () => soak.comeAndGo(clusters)),
    ...clusters.slice(0, 2).map(({ clusterId }) => soak.readNothing(app.url, clusterId)),
    soak.rotate(app.url),
  ];
  await delay((seconds * 1_000) / 3);
  const early = heap();
  await delay((seconds * 2_000) / 3);
  soak.over = true;
  const late = heap();
  await Promise.all(work);

  expect(soak.refused).toEqual([]);
  expect(soak.acknowledged).toBeGreaterThan(seconds);
  for (const [index, { clusterId }] of clusters.entries()) {
    const log = await logged(app.databaseUrl, clusterId);
    for (const reader of readers.slice(4 * index, 4 * index + 4)) {
      await until(() => reader.count >= log.length);
      expect([reader.count, reader.digest]).toEqual([log.length, digestOf(log)]);
    }
  }
  // One for each expiry, at least: they did lose their sockets.
  expect(Math.min(...readers.map(({ losses }) => losses))).toBeGreaterThan(seconds / lifetime / 4);
  await Promise.all(readers.map((reader) => reader.leave()));
  // The last that ended may still be referred to by something that ran.
  await until(() => held().every((count, index) => count <= (before.held[index] ?? 0) + 2));
  // Of idle connections to the database and of HTTP, a few are kept.
  await until(() => handles() <= before.handles + kept);
  expect(late - early).toBeLessThan(growth);
  expect(warnings).toEqual([]);
});

const digestOf = (ids: readonly string[]) =>
  ids.reduce((hash, id) => hash.update(id), createHash('sha256')).digest('hex');

/** Tokens that are valid for a few seconds; those who ask within the same second share one. */
class Sessions {
  readonly issuer: Issuer;
  /** What tokens are signed with. */
  key: Issuer['key'];
  readonly #made = new Map<string, { readonly token: Promise<string>; readonly exp: number }>();

  constructor(issuer: Issuer) {
    this.issuer = issuer;
    this.key = issuer.key;
  }

  token(role: string): Promise<string> {
    const exp = Math.floor(Date.now() / 1_000) + lifetime;
    const name = `${role} ${this.key.kid}`;
    const made = this.#made.get(name);
    if (made?.exp === exp) return made.token;
    const token = this.issuer.token({ exp, sub: role, roles: [role] }, {}, this.key);
    this.#made.set(name, { token, exp });
    return token;
  }
}

interface Place {
  readonly clusterId: string;
  readonly stepId: string;
}

/** What goes on until it is over. */
class Soak {
  over = false;
  /** Events. */
  acknowledged = 0;
  /** Errors that nobody may be told. */
  readonly refused: unknown[] = [];
  readonly #random: Random;
  readonly #sessions: Sessions;

  constructor(
    readonly url: string,
    sessions: Sessions,
    random: Random,
  ) {
    this.#sessions = sessions;
    this.#random = random;
  }

  client(role: string): Client {
    return createClient({ url: this.url, token: () => this.#sessions.token(role) });
  }

  begin(count: number): Promise<Place[]> {
    const client = this.client('REPORTER');
    return Promise.all(Array.from({ length: count }, () => runningStep(client, 100_000_000)));
  }

  /** Sends a few events at a time, each until it is acknowledged. */
  async report(steps: readonly string[]): Promise<void> {
    const client = this.client('REPORTER');
    while (!this.over) {
      const events = Array.from({ length: this.#random.between(1, 20) }, () => event(this.#any(steps)));
      await this.#insist(async () => {
        const { results } = await client.reportEvents({ events });
        this.refused.push(...results.filter(({ outcome }) => outcome === 'REJECTED'));
        this.acknowledged += results.length;
      });
      await delay(this.#random.between(0, 100));
    }
  }

  /** Queries, as pages and scripts make them. */
  async read(places: readonly Place[]): Promise<void> {
    const client = this.client('VIEWER');
    while (!this.over) {
      const { clusterId } = this.#any(places);
      await this.#insist(() => client.cluster(clusterId));
      await this.#insist(() => client.events({ clusterId, first: 100 }));
      await this.#insist(() => client.clusters());
      await delay(this.#random.between(0, 100));
    }
  }

  /** Follows one thing after another for a moment. */
  async comeAndGo(places: readonly Place[]): Promise<void> {
    const client = this.client('VIEWER');
    while (!this.over) {
      const { clusterId } = this.#any(places);
      const followings = [client.followProgress({ clusterId }), client.followChanges(), client.followClusters()];
      await Promise.all(followings.map((following) => following.next()));
      await Promise.all(followings.map((following) => following.return()));
    }
  }

  /** Takes nothing of what it is sent, until it is disconnected: by W5, or when its token expires. */
  async readNothing(url: string, clusterId: string): Promise<void> {
    while (!this.over) {
      const raw = await Raw.connect(url);
      raw.send({
        type: 'connection_init',
        payload: { authorization: `Bearer ${await this.#sessions.token('VIEWER')}` },
      });
      await raw.find(({ type }) => type === 'connection_ack');
      raw.subscribe('log', String(ClusterEventsDocument), { clusterId });
      await raw.find(({ id, type }) => id === 'log' && type === 'next').catch(() => null);
      raw.ws.pause();
      await delay((lifetime + 1) * 1_000);
      raw.ws.resume();
      expect([1013, 4401, 4403, 1006]).toContain(await raw.closed);
    }
  }

  /** Once a minute: another key, published while nobody can read it; and a token of a key that nobody has. */
  async rotate(url: string): Promise<void> {
    const { issuer } = this.#sessions;
    const begun = performance.now();
    const at = (minute: number, second: number) =>
      this.#sleep(begun + (minute * 60 + second) * 1_000 - performance.now());
    for (let minute = 0; await at(minute, 5); minute++) {
      const key = await signingKey();
      issuer.rotate(this.#sessions.key);
      issuer.rotate(key, { keep: true });
      await issuer.stop();
      if (!(await at(minute, 32))) return;
      const forged = `Bearer ${await issuer.token({}, { kid: 'of nobody' }, await signingKey())}`;
      const { status } = await fetch(`${url}/graphql?query={viewer{tenantId}}`, { headers: { authorization: forged } });
      if (status !== 401) this.refused.push(`expected 401 for a forged token, got ${status}`);
      await issuer.serve();
      if (!(await at(minute, 37))) return;
      this.#sessions.key = key;
    }
  }

  /** Says whether there was so much time left. */
  async #sleep(milliseconds: number): Promise<boolean> {
    for (const end = performance.now() + milliseconds; !this.over && performance.now() < end; ) await delay(100);
    return !this.over;
  }

  /** Until it goes well, as the SDK's outbox does. */
  async #insist(work: () => Promise<unknown>): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await work();
        return;
      } catch (error) {
        if (repetition(error) !== 'unlimited')
          this.refused.push(error instanceof StepcastError ? `${error.code}: ${error.message}` : error);
        if (repetition(error) !== 'unlimited' || this.over) return;
        await delay(pause(Math.min(failures, 3), error));
      }
    }
  }

  #any<T>(items: readonly T[]): T {
    return items[this.#random.between(0, items.length - 1)] as T;
  }
}

/** A follower of a log, on a socket of its own. */
class Reader {
  count = 0;
  /** How often its socket was lost. */
  losses = 0;
  readonly #hash: Hash = createHash('sha256');
  readonly #following: ReturnType<Client['followEvents']>;
  readonly #reading: Promise<void>;

  constructor(soak: Soak, clusterId: string) {
    this.#following = soak.client('VIEWER').followEvents({ clusterId });
    this.#following.onState(({ status }) => {
      if (status === 'stale' || status === 'connecting') this.losses += 1;
    });
    this.#reading = this.#read();
  }

  /** Of the ids in the order in which they came. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  async leave(): Promise<void> {
    await this.#following.return();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const { events, reset } of this.#following) {
      expect(reset).toBe(false);
      for (const { id } of events) this.#hash.update(id);
      this.count += events.length;
    }
  }
}
