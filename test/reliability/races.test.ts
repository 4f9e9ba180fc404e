import { expect, test } from 'vitest';
import type { EventInput, ReportEventsMutation } from '../../src/generated/client.js';
import { only, server } from '../rules/fixture.js';
import { progressOf } from '../rules/follow.js';
import { event, report } from '../support/api.js';
import { inTurns, type Random, rounds, seeded } from './random.js';
import { logged, miscounted } from './recount.js';

const on = server({ progressIntervalMs: 0, logLevel: 'silent' });
const times = rounds(200);
const timeout = 60_000 + times * 1_000;

test(`E2, S5: ${times} times, 50 reporters send one step's shuffled reports 1 to 5 times: the counters are what the log says`, {
  timeout,
}, async () => {
  const random = seeded();
  await inTurns(times, 16, async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 25 });
    const events = unitsOf(only(stepIds), random);
    const copies = random.shuffled(events.flatMap((one) => Array<EventInput>(random.between(1, 5)).fill(one)));
    const results = await Promise.all(dealt(copies, 50, random).map((hand) => sendInCalls(hand, random)));
    const outcomes = byId(results.flat());
    expect([...outcomes.values()].filter((told) => !isOnce(told))).toEqual([]);
    const recorded = [...outcomes].filter(([, told]) => told.some(isKept)).map(([id]) => id);
    expect((await logged(on.app.databaseUrl, clusterId)).sort()).toEqual(recorded.sort());
  });
  expect(await miscounted(on.app.databaseUrl)).toEqual([]);
});

/** A report of each of 25 units; of half of them another, which may say the opposite. */
function unitsOf(stepId: string, random: Random): EventInput[] {
  return Array.from({ length: 37 }, (_, index) =>
    event(stepId, { instanceId: `i-${index % 25}`, successful: random.chance(0.9) }),
  );
}

function dealt<Card>(cards: readonly Card[], players: number, random: Random): Card[][] {
  const hands: Card[][] = Array.from({ length: players }, () => []);
  for (const card of cards) hands[random.between(0, players - 1)]?.push(card);
  return hands;
}

type ReportResult = NonNullable<ReportEventsMutation['reportEvents']>['results'][number];

async function sendInCalls(events: readonly EventInput[], random: Random): Promise<ReportResult[]> {
  const results: ReportResult[] = [];
  for (let sent = 0; sent < events.length; ) {
    const some = events.slice(sent, sent + random.between(1, 4));
    results.push(...(await report(on.url, some)).results);
    sent += some.length;
  }
  return results;
}

function byId(results: readonly ReportResult[]): Map<string, string[]> {
  const outcomes = new Map<string, string[]>();
  for (const { id, outcome } of results) outcomes.set(id, [...(outcomes.get(id) ?? []), outcome]);
  return outcomes;
}

/** Recorded, or recorded as late because the step had succeeded (S8), once, and known ever after (E2). */
const isOnce = (told: readonly string[]) =>
  told.filter(isKept).length === 1 && told.every((outcome) => isKept(outcome) || outcome === 'DUPLICATE');

const isKept = (outcome: string) => outcome === 'RECORDED' || outcome === 'LATE';

test(`S6: ${times} times, a step's last success meets a failure: it never succeeds with a failure standing`, {
  timeout,
}, async () => {
  const random = seeded();
  await inTurns(times, 16, async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'Working', total: 3 }, 'Next');
    const unit = (number: number, successful: boolean) =>
      event(only(stepIds), { instanceId: `i-${number}`, successful });
    await report(on.url, [unit(1, true), unit(2, true)]);
    const reader = progressOf(on.url, clusterId);
    // Of another unit, which had done well, or of the very unit that would complete the step.
    const failure = unit(random.between(2, 3), false);
    await Promise.all(random.shuffled([unit(3, true), failure]).map((one) => report(on.url, [one])));
    const { revision } = await on.cluster(clusterId);
    const seen = await reader.until(({ clusterProgress }) => clusterProgress.revision >= revision);
    await reader.close();
    const states = seen.flatMap(({ clusterProgress }) => clusterProgress.steps.filter(({ id }) => id === stepIds[0]));
    expect(states.filter(({ successful, failed }) => successful && failed > 0)).toEqual([]);
    expect(states.slice(0, -1).filter(({ successful }) => successful)).toEqual([]);
    expect(states.at(-1)).toEqual(await on.step(clusterId));
  });
  expect(await miscounted(on.app.databaseUrl)).toEqual([]);
});
