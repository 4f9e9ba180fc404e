import { describe, expect, test } from 'vitest';
import { happened, type Remembered } from '../../src/web/page/live/away.js';
import { occasions, titleOf } from '../../src/web/page/live/notifying.js';

type Operation = Remembered['operations'][number];
type Step = Remembered['steps'][number];

const operation = (given: Partial<Operation> = {}) =>
  ({ id: 'o1', number: 1, type: 'CREATING', state: 'RUNNING', stalledSince: null, ...given }) as Operation;
const step = (position: number, state: Step['state'], given: Partial<Step> = {}) =>
  ({
    id: `s${position}`,
    operationId: 'o1',
    position,
    state,
    failed: 0,
    stalledSince: null,
    ...given,
  }) as Step;
const at = (steps: Step[], ...operations: Operation[]): Remembered => ({
  operations: operations.length > 0 ? operations : [operation()],
  steps,
});

describe('what happened while nobody looked', () => {
  test('nothing, if only counts grew', () => {
    const before = at([step(0, 'RUNNING', { completed: 1 })]);
    expect(happened(before, at([step(0, 'RUNNING', { completed: 9 })]))).toEqual([]);
  });

  test('steps that ended and began, and units that failed', () => {
    const before = at([step(3, 'RUNNING', { failed: 1 }), step(4, 'PENDING')]);
    const after = at([step(3, 'SUCCEEDED', { failed: 0 }), step(4, 'RUNNING', { failed: 3 })]);
    expect(happened(before, after, 'instance')).toEqual([
      '3 instances failed',
      '1 instance recovered',
      'step 4 succeeded',
      'step 5 began',
    ]);
  });

  test('steps are named together, by what became of them', () => {
    const steps = (...states: Step['state'][]) => at(states.map((state, position) => step(position, state)));
    const before = steps('RUNNING', 'PENDING', 'PENDING', 'PENDING', 'PENDING', 'PENDING');
    expect(happened(before, steps('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'SKIPPED'))).toEqual([
      'step 4 failed',
      'steps 1 to 3 succeeded',
      'steps 5 and 6 were skipped',
    ]);
    expect(happened(before, steps('SUCCEEDED', 'PENDING', 'SUCCEEDED', 'PENDING', 'PENDING', 'CANCELLED'))).toEqual([
      'steps 1 and 3 succeeded',
      'step 6 was cancelled',
    ]);
  });

  test('a stall, but not one that was there before', () => {
    const stalled = { stalledSince: '2026-01-01T00:00:00.000Z' };
    expect(happened(at([step(0, 'RUNNING')]), at([step(0, 'RUNNING', stalled)]))).toEqual(['step 1 stalled']);
    expect(happened(at([step(0, 'RUNNING', stalled)]), at([step(0, 'RUNNING', stalled)]))).toEqual([]);
  });

  test('operations that ended, and those that came', () => {
    const before = at([step(0, 'RUNNING')]);
    const second = operation({ id: 'o2', number: 2, type: 'SCALING' });
    const after = at(
      [step(0, 'FAILED', { failed: 2 }), step(0, 'RUNNING', { id: 't0', operationId: 'o2' })],
      operation({ state: 'FAILED' }),
      second,
    );
    expect(happened(before, after)).toEqual([
      'operation 1 (creating) failed',
      'operation 2 (scaling) began',
      '2 units failed',
      'step 1 began',
    ]);
    expect(happened(at([]), at([], operation(), operation({ ...second, state: 'SUCCEEDED' })))).toEqual([
      'operation 2 (scaling) began and succeeded',
    ]);
  });
});

describe('what is told of an operation', () => {
  const watched = (failed = 0, given: Partial<Operation> = {}) => ({ operation: operation(given), failed });
  const since = '2026-01-01T00:00:00.000Z';

  test.each([
    ['the end, whatever else came with it', watched(), watched(2, { state: 'FAILED', stalledSince: since }), ['end']],
    ['the first failure', watched(), watched(1), ['failure']],
    ['no other failure', watched(1), watched(2), []],
    ['a stall', watched(), watched(0, { stalledSince: since }), ['stall']],
    ['no end that was there before', watched(0, { state: 'FAILED' }), watched(1, { state: 'FAILED' }), ['failure']],
  ])('%s', (_, before, after, expected) => expect(occasions(before, after)).toEqual(expected));

  test('in words', () => {
    expect(titleOf('end', 'prod', watched(0, { state: 'SUCCEEDED' }))).toBe('prod: ✓ succeeded');
    expect(titleOf('failure', 'prod', watched(1))).toBe('prod: ✗ a unit has failed, it goes on');
    expect(titleOf('stall', 'prod', watched(0, { stalledSince: since }))).toBe('prod: ! makes no progress');
  });
});
