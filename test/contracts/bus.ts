import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Bus, Hint, Topic } from '../../src/domain/ports.js';
import { eventually } from '../support/wait.js';
import { atRest } from './open-handles.js';

/** What carries hints between the servers of a test, started for it and gone with it. */
export interface Carrier {
  /** The bus of one more server. */
  open(origin: string): Promise<Bus>;
  /** What the server of that origin does with a commit's hints, where the bus itself does not publish them. */
  commit?(origin: string, hints: readonly Hint[]): Promise<void>;
  /** Tells all servers, as another one, that anything may have changed. */
  alarm(): Promise<void>;
  /** Whether a bus attaches a moment later, and then has its listeners look once. */
  readonly attachesLater: boolean;
}

/** One whose connections can be lost. */
export interface FrailCarrier extends Carrier {
  cut(): Promise<void>;
  restore(): Promise<void>;
}

/** What `Bus` promises, whatever carries the hints. */
export function busContract(start: () => Promise<Carrier>): void {
  test('W6: a hint reaches those who follow its cluster, and those who follow its tenant, on another server', async () => {
    const { a, b } = await pair(start);
    const [one, other] = [hint(), hint()];
    const ofOne = await b.follow(one);
    const ofTenant = await b.follow({ tenantId: one.tenantId, id: null });
    await a.publish(one, other, { ...one, revision: 2 });
    await eventually(() => expect(ofTenant.heard).toEqual([one, other, { ...one, revision: 2 }]));
    expect(ofOne.heard).toEqual([one, { ...one, revision: 2 }]);
  });

  test('a hint reaches nobody who follows another cluster or another tenant, not even one with the same id', async () => {
    const { a, b } = await pair(start);
    const [mine, theirs] = [hint(), hint({ tenantId: 'other.* > tenant' })];
    const follower = await b.follow(mine);
    const stranger = await b.follow(theirs);
    const sameId = await b.follow({ ...theirs, id: mine.id });
    const tenant = await b.follow({ tenantId: theirs.tenantId, id: null });
    await a.publish(mine);
    await a.publish(theirs);
    await eventually(() => expect([stranger.heard, tenant.heard]).toEqual([[theirs], [theirs]]));
    await eventually(() => expect(follower.heard).toEqual([mine]));
    expect(sameId.heard).toEqual([]);
  });

  test('a server does not hear its own hints', async () => {
    const { a, b } = await pair(start);
    const [own, others] = [hint(), hint()];
    const ofOwn = await a.follow(own);
    const ofOthers = await a.follow(others);
    await a.publish(own);
    const elsewhere = await b.follow(own);
    await a.publish(own);
    await eventually(() => expect(elsewhere.heard).toContainEqual(own));
    await b.publish(others);
    await eventually(() => expect(ofOthers.heard).toEqual([others]));
    expect(ofOwn.heard).toEqual([]);
  });

  test('each listener of a topic hears, until it stops; the last one may come back', async () => {
    const { a, b } = await pair(start);
    const one = hint();
    const first = await b.follow(one);
    const second = b.listen(one);
    await a.publish(one);
    await eventually(() => expect([first.heard, second.heard]).toEqual([[one], [one]]));
    first.stop();
    await a.publish({ ...one, revision: 2 });
    await eventually(() => expect(second.heard).toHaveLength(2));
    second.stop();
    const witness = await b.follow({ tenantId: one.tenantId, id: null });
    await a.publish({ ...one, revision: 3 });
    await eventually(() => expect(witness.heard).toHaveLength(1));
    const again = await b.follow(one);
    await a.publish({ ...one, revision: 4 });
    await eventually(() => expect(again.heard).toEqual([{ ...one, revision: 4 }]));
    expect([first.heard.length, second.heard.length]).toEqual([1, 2]);
  });

  test('"anything may have changed" is said to everyone', async () => {
    const { carrier, b } = await pair(start);
    const listeners = [await b.follow(hint()), await b.follow({ tenantId: 'another', id: null })];
    await carrier.alarm();
    await eventually(() => expect(listeners.map(({ heard }) => heard.includes(null))).toEqual([true, true]));
  });

  test('a commit with more hints than fit in one notice still says which clusters changed', async () => {
    const { a, b } = await pair(start);
    const hints = Array.from({ length: 1_000 }, (_, revision) => hint({ revision }));
    const [last, other] = [hints.at(-1) as Hint, hint()];
    const [followed, untouched] = [await b.follow(last), await b.follow(other)];
    const tenant = await b.follow({ tenantId: last.tenantId, id: null });
    await a.publish(...hints);
    await eventually(() => expect(tenant.heard).toEqual(hints));
    expect([followed.heard, untouched.heard]).toEqual([[last], []]);
  });

  test('no tenant and id, whatever their characters, are taken for others', async () => {
    const { a, b } = await pair(start);
    const id = randomUUID();
    const names = ['', 'a', 'a/b', 'a/', '/', 'a.b', '*', '>', 'ä\u0000"\\', 'a b', '~', `a/${id}`];
    const hints = names.map((tenantId, revision) => ({ tenantId, id, revision }));
    const clusters = await Promise.all(hints.map((one) => b.follow(one)));
    const tenants = await Promise.all(hints.map(({ tenantId }) => b.follow({ tenantId, id: null })));
    const ids = [`b/${id}`, `/${id}`, '', `../${id}`, id.toUpperCase()];
    const vain = names.flatMap((tenantId) => ids.map((odd) => b.listen({ tenantId, id: odd })));
    await a.publish(...hints);
    for (const followed of [clusters, tenants]) {
      await eventually(() => expect(followed.map(({ heard }) => heard)).toEqual(hints.map((one) => [one])));
    }
    expect(vain.flatMap(({ heard }) => heard.filter((one) => one !== null))).toEqual([]);
  });

  test('10,000 hints all arrive, in order, while the bus is healthy', async () => {
    const { a, b } = await pair(start);
    const one = hint();
    const { heard } = await b.follow(one);
    const sent = Array.from({ length: 10_000 }, (_, revision) => ({ ...one, revision }));
    for (let i = 0; i < sent.length; i += 50) await a.publish(...sent.slice(i, i + 50));
    await eventually(() => expect(heard).toHaveLength(sent.length));
    expect(heard).toEqual(sent);
    await eventually(() => expect([a.bus.healthy, b.bus.healthy]).toEqual([true, true]));
  });

  test('a listener is never called back while it publishes', async () => {
    const { a, b } = await pair(start);
    const one = hint();
    const { heard } = await b.follow(one);
    const published = a.publish(one);
    expect(heard).toEqual([]);
    await published;
    await eventually(() => expect(heard).toEqual([one]));
  });

  test('who listens to a closed bus hears nothing more', async () => {
    const { carrier, a, b } = await pair(start);
    const one = hint();
    const closed = await carrier.open(randomUUID());
    const heard: unknown[] = [];
    closed.subscribe(one, (hint) => heard.push(hint));
    closed.onHealed(() => heard.push('healed'));
    await closed.close();
    const told = heard.length;
    const witness = await b.follow(one);
    await a.publish(one);
    await eventually(() => expect(witness.heard).toEqual([one]));
    expect(heard).toHaveLength(told);
  });

  test('closing leaves no timer and no socket behind', async () => {
    const carrier = await start();
    const before = await atRest();
    const bus = await carrier.open(randomUUID());
    bus.subscribe(hint(), () => {});
    bus.onHealed(() => {});
    await bus.close();
    expect(await atRest(before)).toEqual(before);
  });
}

/** What `Bus` promises while its connection is lost, and after. */
export function frailBusContract(start: () => Promise<FrailCarrier>): void {
  test('W6: a lost connection is known of, followers are told when it is whole again, and hints flow again', async () => {
    const { carrier, a, b } = await pair(start);
    const [one, meanwhile] = [hint(), hint()];
    const follower = await b.follow(one);
    const left = b.listen(one);
    const healed = vi.fn();
    b.bus.onHealed(healed);
    b.bus.onHealed(() => expect.unreachable('told after it stopped listening'))();

    await carrier.cut();
    await eventually(() => expect(b.bus.healthy).toBe(false));
    await a.publish({ ...one, revision: 2 });
    left.stop();
    const late = b.listen(meanwhile);
    expect(healed).not.toHaveBeenCalled();
    await carrier.restore();
    await eventually(() => expect(healed).toHaveBeenCalled());
    await eventually(() => expect([a.bus.healthy, b.bus.healthy]).toEqual([true, true]));

    await a.publish({ ...one, revision: 3 }, meanwhile);
    await eventually(() => expect(late.heard).toContainEqual(meanwhile));
    expect(follower.heard).toContainEqual({ ...one, revision: 3 });
    expect(left.heard).toEqual([]);
  });

  test('a connection may be lost again and again', async () => {
    const { carrier, a, b } = await pair(start);
    const one = hint();
    const { heard } = await b.follow(one);
    for (const revision of [1, 2, 3]) {
      await carrier.cut();
      await eventually(() => expect(b.bus.healthy).toBe(false));
      await carrier.restore();
      await eventually(() => expect([a.bus.healthy, b.bus.healthy]).toEqual([true, true]));
      await a.publish({ ...one, revision });
      await eventually(() => expect(heard).toContainEqual({ ...one, revision }));
    }
  });

  test('closing while the connection is lost ends the attempts to restore it', async () => {
    const carrier = await start();
    const before = await atRest();
    const bus = await carrier.open(randomUUID());
    await carrier.cut();
    await eventually(() => expect(bus.healthy).toBe(false));
    await bus.close();
    await carrier.restore();
    expect(await atRest(before)).toEqual(before);
    expect(bus.healthy).toBe(false);
  });
}

/** A hint of a cluster of its own. */
export function hint(given: Partial<Hint> = {}): Hint {
  return { tenantId: 'tenant', id: randomUUID(), revision: 1, ...given };
}

/** Two servers. */
export async function pair<C extends Carrier>(start: () => Promise<C>) {
  const carrier = await start();
  return { carrier, a: await server(carrier), b: await server(carrier) };
}

async function server(carrier: Carrier) {
  const origin = randomUUID();
  const bus = await carrier.open(origin);
  onTestFinished(() => bus.close());
  const listen = (topic: Topic) => {
    const heard: (Hint | null)[] = [];
    return { heard, stop: bus.subscribe(topic, (hint) => heard.push(hint && plain(hint))) };
  };
  return {
    bus,
    listen,
    /** Listens, and comes back when the bus surely does. */
    async follow(topic: Topic) {
      const listener = listen(topic);
      if (carrier.attachesLater) await eventually(() => expect(listener.heard).toContain(null));
      // What was published before may still come before the bus is attached.
      listener.heard.length = 0;
      return listener;
    },
    /** One commit. */
    async publish(...hints: Hint[]) {
      bus.publish(hints);
      await carrier.commit?.(origin, hints);
    },
  };
}

/** A bus may hand on more than it promises. */
const plain = ({ tenantId, id, revision }: Hint): Hint => ({ tenantId, id, revision });
