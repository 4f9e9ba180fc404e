import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../src/domain/command.js';
import { reportEvents } from '../../src/domain/commands/events.js';
import { finishOperation } from '../../src/domain/commands/operations.js';
import { finishStep } from '../../src/domain/commands/steps.js';
import { Fault } from '../../src/domain/errors.js';
import { World } from '../../src/domain/world.js';
import { Model, type Said } from './model.js';
import { aCluster, anOperation, aStep, now, tenantId } from './rows.js';

const step = (over: { total: number | null }) => aStep({ id: 'aa258cbf-4589-484a-a814-81436c18beb3', ...over });
const { id: stepId } = step({ total: 1 });

/** Few ids and few units, so that reports come twice, late, and again with another outcome. */
const report = fc.record({
  id: fc.nat(30).map((n) => `00000000-0000-4000-8000-${`${n}`.padStart(12, '0')}`),
  instanceId: fc.constantFrom(null, null, 'a', 'b', 'c', 'd'),
  instanceName: fc.constantFrom(null, 'a', 'b'),
  successful: fc.boolean(),
});
const action = fc.oneof(
  { weight: 20, arbitrary: fc.array(report, { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant('fail' as const) },
  { weight: 1, arbitrary: fc.constant('end' as const) },
);
const totals = fc.option(fc.integer({ min: 1, max: 6 }));

test('S5-S8, S10, S11, E2: whatever the order, the counters, states and outcomes are the model’s', () => {
  fc.assert(
    fc.property(totals, fc.array(action, { maxLength: 40 }), (total, actions) => {
      const [world, model] = [begun(total), new Model(total)];
      for (const action of actions) {
        expect(perform(world, action)).toEqual(expected(model, action));
        const { completed, failed, successful, state } = model;
        expect(world.step({ tenantId, id: stepId })).toMatchObject({ completed, failed, successful, state });
      }
    }),
    { numRuns: 2_000 },
  );
});

/** A step of so many units, begun, with another to come: the operation does not end when it succeeds. */
function begun(total: number | null): World {
  return new World({
    now,
    clusters: [aCluster()],
    operations: [anOperation()],
    runs: new Map(),
    steps: [
      step({ total }),
      aStep({ id: 'bb258cbf-4589-484a-a814-81436c18beb3', position: 1, state: 'PENDING', startedAt: null }),
    ],
    units: [],
    plugins: [],
    known: [],
  });
}

type Action = 'fail' | 'end' | Said[];

function perform(world: World, action: Action): string[] {
  if (action === 'fail') return [outcomeOf(world, finishStep(tenantId, { stepId, successful: false }))];
  if (action === 'end') {
    outcomeOf(world, finishOperation(tenantId, { operationId: anOperation().id, successful: false }));
    return [];
  }
  const events = action.map((said) => ({ ...said, stepId }));
  return reportEvents(tenantId, { events })
    .judge(world)
    .results.map(({ outcome, code }) => code ?? outcome);
}

function expected(model: Model, action: Action): string[] {
  if (action === 'fail') return [model.fail()];
  if (action !== 'end') return action.map((said) => model.report(said));
  model.end();
  return [];
}

function outcomeOf(world: World, command: Command<unknown>): string {
  try {
    command.judge(world);
    return 'RECORDED';
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}
