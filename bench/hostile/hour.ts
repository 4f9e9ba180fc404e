// Hostile and broken clients, all at once, beside honest reporters and readers who should not notice.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fleet } from '../support/fleet.js';
import { graphql } from '../support/graphql.js';
import { attacks } from './attacks.js';
import { HonestReader } from './readers.js';

export interface HourOptions {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly seconds: number;
  readonly readers: number;
  /** Called now and then, with the name of an attack that has been carried out. */
  readonly onAttack?: (name: string) => void;
}

export interface Outcome {
  /** What honest clients complain of: events missed, repeated or out of order, states that are not the last. */
  readonly complaints: readonly string[];
  /** Events that were acknowledged. */
  readonly acknowledged: number;
  /** Honest sockets that ended and were opened again. */
  readonly resumed: number;
  /** How often each attack was carried out. */
  readonly attacks: Readonly<Record<string, number>>;
  /** Milliseconds that /livez took, each time it was asked. */
  readonly livez: readonly number[];
}

const clusters = 10;
const attackersAtOnce = 4;

/** Runs the attacks in turn, several at a time, for so many seconds, and says what honest clients saw. */
export async function hostileHour({ url, seconds, readers, onAttack }: HourOptions): Promise<Outcome> {
  const endpoint = `${url}/graphql`;
  const [victim, ...targets] = await fleet(endpoint, clusters + 1);
  if (!victim) throw new Error('expected a cluster to attack');
  await fail(endpoint, victim.stepIds[0] as string, 1_000);

  const honest = Array.from({ length: readers }, (_, index) => {
    const target = targets[Math.floor(index / 2) % clusters];
    return { target, reader: new HonestReader(url, target?.clusterId ?? '', index % 2 === 0 ? 'log' : 'state') };
  });
  const following = honest.map(({ reader }) => reader.follow());

  const until = performance.now() + seconds * 1000;
  const counts: Record<string, number> = {};
  const livez: number[] = [];
  const acknowledged = new Map(targets.map(({ clusterId }) => [clusterId, [] as string[]]));
  await Promise.all([
    ...targets.map(({ clusterId, stepIds }) =>
      reportUntil(until, endpoint, stepIds[0] as string, acknowledged.get(clusterId) as string[]),
    ),
    ...Array.from({ length: attackersAtOnce }, (_, first) =>
      attackUntil(
        until,
        first,
        { url, clusterId: victim.clusterId, stepId: victim.stepIds[0] as string },
        counts,
        onAttack,
      ),
    ),
    probeUntil(until, url, livez),
  ]);

  const complaints: string[] = [];
  for (const { target, reader } of honest) {
    const expected = acknowledged.get(target?.clusterId ?? '') as string[];
    await settled(reader, expected, target?.stepIds[0] as string);
    complaints.push(...reader.complaints, ...complaintsOf(reader, expected, target?.stepIds[0] as string));
    reader.leave();
  }
  await Promise.all(following);
  return {
    complaints,
    acknowledged: [...acknowledged.values()].reduce((sum, { length }) => sum + length, 0),
    resumed: honest.reduce((sum, { reader }) => sum + reader.resumed, 0),
    attacks: counts,
    livez,
  };
}

/** Gives the victim a log of failures, with 60 KB of text each. */
async function fail(endpoint: string, stepId: string, count: number): Promise<void> {
  const eventInfo = `Traceback\n${'x'.repeat(60_000)}`;
  for (let sent = 0; sent < count; sent += 50) {
    const events = Array.from({ length: 50 }, () => ({ id: randomUUID(), stepId, successful: false, eventInfo }));
    await graphql(endpoint, report, { events });
  }
}

const report = 'mutation($events:[EventInput!]!){reportEvents(input:{events:$events}){results{id outcome code}}}';

/** Reports one event after the other, each until it is acknowledged. */
async function reportUntil(until: number, endpoint: string, stepId: string, acknowledged: string[]): Promise<void> {
  while (performance.now() < until) {
    const event = { id: randomUUID(), stepId, successful: true, instanceId: randomUUID() };
    for (;;) {
      const outcome = await graphql<{ reportEvents: { results: { outcome: string }[] } }>(endpoint, report, {
        events: [event],
      }).catch(() => null);
      if (outcome?.reportEvents.results[0]?.outcome.match(/RECORDED|DUPLICATE/)) break;
      await delay(100);
    }
    acknowledged.push(event.id);
    await delay(100);
  }
}

async function attackUntil(
  until: number,
  first: number,
  target: Parameters<(typeof attacks)[string]>[0],
  counts: Record<string, number>,
  onAttack: (name: string) => void = () => {},
): Promise<void> {
  const names = Object.keys(attacks);
  for (let turn = first * 7; performance.now() < until; turn++) {
    const name = names[turn % names.length] as string;
    await attacks[name]?.(target);
    counts[name] = (counts[name] ?? 0) + 1;
    onAttack(name);
  }
}

async function probeUntil(until: number, url: string, taken: number[]): Promise<void> {
  while (performance.now() < until) {
    const begun = performance.now();
    await fetch(`${url}/livez`).then((answer) => answer.text());
    taken.push(performance.now() - begun);
    await delay(50);
  }
}

/** Waits until the reader has everything, a minute at most: what is missing then is missed. */
async function settled(reader: HonestReader, expected: readonly string[], stepId: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (complaintsOf(reader, expected, stepId).length > 0 && performance.now() < end) await delay(20);
}

function complaintsOf(reader: HonestReader, expected: readonly string[], stepId: string): string[] {
  if (reader.isLog)
    return isSame(reader.seen, expected) ? [] : [`saw ${reader.seen.length} of ${expected.length} events`];
  const count = reader.reported.get(stepId);
  return count === expected.length ? [] : [`was left with ${count} of ${expected.length} units`];
}

/** In order: one reporter reports one event after the other. */
const isSame = (seen: readonly string[], expected: readonly string[]) =>
  seen.length === expected.length && seen.every((id, index) => id === expected[index]);
