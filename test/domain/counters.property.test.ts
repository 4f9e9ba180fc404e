import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf } from '../../src/domain/cluster.js';
import type { Command } from '../../src/domain/command.js';
import { reportEvents } from '../../src/domain/commands/events.js';
import { finishStep } from '../../src/domain/commands/finish-step.js';
import { finishOperation } from '../../src/domain/commands/operations.js';
import { updateStep } from '../../src/domain/commands/steps.js';
import { Fault } from '../../src/domain/errors.js';
import { UnitOfWork } from '../../src/domain/unit-of-work.js';
import { Model, type Said } from './model.js';
import { aCluster, anOperation, aStep, now, tenantId } from './rows.js';

const step = (over: { total: number | null }) => aStep({ id: 'aa258cbf-4589-484a-a814-81436c18beb3', ...over });
const { id: stepId } = step({ total: 1 });

/** Few ids, few units, few names, so that reports come twice, late, of machines whose id is learnt late, and of replaced ones. */
const report = fc.record({
  id: fc.nat(40).map((n) => `00000000-0000-4000-8000-${`${n}`.padStart(12, '0')}`),
  nodeGroupId: fc.constantFrom(null, null, 'g', 'h'),
  instanceId: fc.constantFrom(null, null, 'i-1', 'i-2', 'i-3'),
  instanceName: fc.constantFrom(null, 'a', 'b'),
  replacesInstanceId: fc.constantFrom(null, null, null, null, null, 'i-1', 'i-2'),
  successful: fc.boolean(),
});
const isSound = ({ instanceId, instanceName, replacesInstanceId }: Said) =>
  replacesInstanceId === null || (instanceId !== replacesInstanceId && (instanceId !== null || instanceName !== null));
const action = fc.oneof(
  { weight: 20, arbitrary: fc.array(report.filter(isSound), { minLength: 1, maxLength: 6 }) },
  { weight: 2, arbitrary: fc.constantFrom('fail' as const, 'succeed' as const) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constant('end' as const) },
);
const totals = fc.option(fc.integer({ min: 1, max: 6 }));

test('S5-S8, S10, S11, E2: whatever the order, the counters, states and outcomes are the model’s', () => {
  fc.assert(
    fc.property(totals, fc.array(action, { maxLength: 40 }), (total, actions) => {
      const [work, model] = [begun(total), new Model(total)];
      for (const action of actions) {
        expect(perform(work, action)).toEqual(expected(model, action));
        const { completed, failed, successful, state } = model;
        expect(work.step({ tenantId, id: stepId })).toMatchObject({
          completed,
          failed,
          successful,
          state,
          total: model.total,
        });
      }
    }),
    { numRuns: 3_000 },
  );
});

/** A step of so many units, begun, with another to come: the operation does not end when it succeeds. */
function begun(total: number | null): UnitOfWork {
  return new UnitOfWork({
    now,
    clusters: [aCluster()],
    operations: [anOperation()],
    runs: new Map([[keyOf(aCluster()), 1]]),
    steps: [
      step({ total }),
      aStep({ id: 'bb258cbf-4589-484a-a814-81436c18beb3', position: 1, state: 'PENDING', startedAt: null }),
    ],
    units: [],
    plugins: [],
    known: [],
  });
}

type Action = 'fail' | 'succeed' | 'end' | number | Said[];

function perform(work: UnitOfWork, action: Action): string[] {
  if (action === 'fail') return [outcomeOf(work, finishStep(tenantId, { stepId, successful: false }))];
  if (action === 'succeed') return [outcomeOf(work, finishStep(tenantId, { stepId, successful: true }))];
  if (typeof action === 'number') return [outcomeOf(work, updateStep(tenantId, { stepId, total: action }))];
  if (action === 'end') {
    outcomeOf(work, finishOperation(tenantId, { operationId: anOperation().id, successful: false }));
    return [];
  }
  const events = action.map((said) => ({ ...said, stepId }));
  return reportEvents(tenantId, { events })
    .decide(work)
    .results.map(({ outcome, code }) => (outcome === 'LATE' ? `LATE ${code}` : (code ?? outcome)));
}

function expected(model: Model, action: Action): string[] {
  if (action === 'fail') return [model.fail()];
  if (action === 'succeed') return [model.succeed()];
  if (typeof action === 'number') return [model.correct(action)];
  if (action !== 'end') return action.map((said) => model.report(said));
  model.end();
  return [];
}

function outcomeOf(work: UnitOfWork, command: Command<unknown>): string {
  try {
    command.decide(work);
    return 'RECORDED';
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}
