import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Unit } from '../../src/domain/unit.js';
import { type Fixture, fixture, runningStep, type Server, tenantId } from './fixture.js';
import { type Picture, Viewer } from './picture.js';

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 });
const place = fc.record({ server: fc.nat(1), viewer: fc.nat(2) });

/** What happens: reports of few instances, whose names, ids and groups are known or not; viewers come, go and look. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      server: fc.nat(1),
      reports: fc.array(
        fc.record({
          successful: fc.boolean(),
          nodeGroupId: maybe(fc.constantFrom('g', 'h')),
          instanceId: maybe(fc.constantFrom('i-1', 'i-2', 'i-3', 'i-4')),
          instanceName: maybe(fc.constantFrom('a', 'b', 'c')),
          replacesInstanceId: fc.option(fc.constantFrom('i-1', 'i-2', 'i-9'), { nil: null, freq: 4 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('attend' as const), place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), server: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), server: fc.nat(1) }) },
);

async function stored(stepId: string): Promise<Unit[]> {
  const [units = []] = await on.store.unitPages(tenantId, [stepId], { first: 1_000, order: 'KEY' });
  return units;
}

/** By key, how it stands and what is known of it. */
const told = (units: readonly Unit[]) =>
  units
    .map(({ key, nodeGroupId, instanceId, instanceName, state }) =>
      JSON.stringify([key, nodeGroupId, instanceId, instanceName, state]),
    )
    .sort();
const shown = ({ units, states }: Picture) =>
  told(units.flatMap((unit, index) => (unit && states[index] ? { ...unit, state: states[index] } : [])));

test('W12: whoever puts the messages together holds the units as they are, in any order of reports, replacements, late names and ids, connections and servers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 30 }), async (happenings) => {
      const servers = on.servers(2) as [Server, Server];
      const { ref, stepId } = await runningStep(servers[0], 100);
      const step = { tenantId, id: stepId };
      const viewers = [new Viewer(), new Viewer(), new Viewer()] as const;
      for (const happens of happenings) {
        if (happens.kind === 'report') {
          const events = happens.reports.map((report) => ({ id: randomUUID(), stepId, ...report }));
          await servers[happens.server as 0].recorder.reportEvents(tenantId, { events });
        } else if (happens.kind === 'rename') {
          await servers[happens.server as 0].recorder.updateCluster(tenantId, { id: ref.id, status: randomUUID() });
        } else if (happens.kind === 'lose') {
          servers[happens.server as 0].bus.lose();
        } else {
          const viewer = viewers[happens.place.viewer as 0];
          if (happens.kind === 'leave') viewer.leave();
          else await viewer.attend(servers[happens.place.server as 0], step);
        }
      }
      for (const [index, viewer] of viewers.entries()) await viewer.attend(servers[(index % 2) as 0], step);
      for (const { bus } of servers) bus.mend();
      const expected = told(await stored(stepId));
      const isSame = (picture: Picture) => JSON.stringify(shown(picture)) === JSON.stringify(expected);
      for (const viewer of viewers) await viewer.until(isSame);
      for (const viewer of viewers) viewer.leave();
      // A unit has one place.
      for (const { picture } of viewers) expect(picture.held.size).toBe(picture.states.filter(Boolean).length);
    }),
    { numRuns: 60 },
  );
});
