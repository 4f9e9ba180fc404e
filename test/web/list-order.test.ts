import { describe, expect, test } from 'vitest';
import type { ListedCluster, OperationState, StepState } from '../../src/client/index.js';
import { arrange, inWords, longestRise } from '../../src/web/page/list/arranged.js';
import { byAttention, clusterLook } from '../../src/web/page/list/order.js';
import { filterOf, orderOf, searched, wantedOf } from '../../src/web/page/list/wanted.js';
import { operationWords, rangeWords, shares, stepWords } from '../../src/web/page/list/words.js';

const now = Date.parse('2025-11-12T14:00:00.000Z');
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const since = (time: string) => now - Date.parse(time);

interface Given {
  readonly state?: OperationState;
  readonly steps?: readonly StepState[];
  readonly stalled?: boolean;
  /** Minutes ago. */
  readonly started?: number;
  readonly ended?: number;
  readonly changed?: number;
}

/** A cluster with an operation in this state; without one, it has none. */
const cluster = (id: string, { state, steps = ['RUNNING'], stalled = false, ...times }: Given = {}) =>
  ({
    id,
    name: id,
    updatedAt: ago(times.changed ?? 1),
    statusDescription: null,
    currentStep: null,
    lastOperation: state
      ? {
          id: `operation of ${id}`,
          type: 'CREATING',
          state,
          startedAt: ago(times.started ?? 60),
          completedAt: state === 'RUNNING' ? null : ago(times.ended ?? 10),
          stalledSince: stalled ? ago(9) : null,
          duration: 60_000,
          reason: null,
          progress: 0.5,
          steps: steps.map((state) => ({ state })),
        }
      : null,
  }) as unknown as ListedCluster;

const at = (over: object) => ({
  operationId: 'operation of a',
  position: 4,
  stepName: 'Waiting for ssh',
  completed: 880,
  failed: 0,
  total: 1000,
  ...over,
});
const withStep = (over: object, given: Given = { state: 'RUNNING' }) =>
  ({
    ...cluster('a', { steps: Array<StepState>(9).fill('PENDING'), ...given }),
    currentStep: at(over),
  }) as ListedCluster;

describe('what needs attention', () => {
  test('is first: failing and lately failed, stalled, running, then the others by their last change', () => {
    const clusters = [
      cluster('none', { changed: 50 }),
      cluster('succeeded', { state: 'SUCCEEDED', changed: 40 }),
      cluster('running', { state: 'RUNNING', started: 5 }),
      cluster('running earlier', { state: 'RUNNING', started: 30, changed: 0 }),
      cluster('failed days ago', { state: 'FAILED', ended: 3_000, changed: 45 }),
      cluster('stalled', { state: 'RUNNING', stalled: true }),
      cluster('interrupted', { state: 'INTERRUPTED', started: 80, ended: 20 }),
      cluster('failing', { state: 'RUNNING', steps: ['FAILED', 'PENDING'], started: 50 }),
      cluster('failing and stalled', { state: 'RUNNING', steps: ['FAILED'], stalled: true, started: 70 }),
    ];
    expect(byAttention(clusters, since).map(({ id }) => id)).toEqual([
      'failing',
      'failing and stalled',
      'interrupted',
      'stalled',
      'running',
      'running earlier',
      'succeeded',
      'failed days ago',
      'none',
    ]);
  });

  test('a report of a running operation does not change its place', () => {
    const [a, b] = [cluster('a', { state: 'RUNNING', changed: 5 }), cluster('b', { state: 'RUNNING', changed: 3 })];
    const order = byAttention([a, b], since).map(({ id }) => id);
    expect(byAttention([{ ...a, updatedAt: ago(0) }, b], since).map(({ id }) => id)).toEqual(order);
  });

  test.each<[string, Given]>([
    ['none', {}],
    ['running', { state: 'RUNNING', steps: ['SUCCEEDED', 'RUNNING', 'PENDING'] }],
    ['failing', { state: 'RUNNING', steps: ['FAILED', 'RUNNING'] }],
    ['stalled', { state: 'RUNNING', stalled: true }],
    ['failing', { state: 'RUNNING', steps: ['FAILED'], stalled: true }],
    ['succeeded', { state: 'SUCCEEDED' }],
    ['failed', { state: 'FAILED' }],
    ['cancelled', { state: 'CANCELLED' }],
    ['interrupted', { state: 'INTERRUPTED' }],
  ])('a cluster looks %s', (look, given) => expect(clusterLook(cluster('a', given))).toBe(look));
});

describe('rows', () => {
  const shown = { ids: ['a', 'b', 'c', 'd'], waiting: null };

  test('are as wanted while they are not held', () =>
    expect(arrange(shown, ['d', 'e'], false)).toEqual({ ids: ['d', 'e'], waiting: null }));

  test('keep their places while they are held, and say what waits', () => {
    const { ids, waiting } = arrange(shown, ['d', 'a', 'e', 'b'], true);
    expect(ids).toBe(shown.ids);
    expect(waiting).toEqual({ moved: 1, come: 1, gone: new Set(['c']) });
    expect(waiting && inWords(waiting)).toBe('order changed (1), 1 new, 1 gone');
  });

  test('nothing waits once the list is again as it is shown', () =>
    expect(arrange({ ...shown, waiting: { moved: 1, come: 0, gone: new Set() } }, [...shown.ids], true)).toEqual(
      shown,
    ));

  test.each([
    [[], 0],
    [[1, 2, 3], 3],
    [[3, 2, 1], 1],
    [[4, 1, 2, 3], 3],
    [[0, 8, 4, 12, 2, 10, 6, 14, 1, 9], 4],
  ])('as few as possible count as moved: %j keeps %i', (numbers, kept) => expect(longestRise(numbers)).toBe(kept));
});

describe('an address', () => {
  test('asks for clusters', () => {
    expect(wantedOf(null, null, null)).toEqual({ text: '', state: 'all', sort: 'attention' });
    const wanted = wantedOf(' eu ', 'failed', 'name');
    expect(filterOf(wanted)).toEqual({ name: 'eu', state: ['FAILED', 'INTERRUPTED'] });
    expect(searched(wanted)).toEqual({ name: 'eu' });
    expect(orderOf(wanted)).toEqual({ field: 'NAME', direction: 'ASC' });
  });
  test('that says what there is not asks for the usual', () =>
    expect(wantedOf('', 'constructor', '__proto__')).toEqual({ text: '', state: 'all', sort: 'attention' }));
  test('finds a cluster by its id', () =>
    expect(searched(wantedOf('C0FFEE00-0000-4000-8000-000000000000', null, null))).toEqual({
      ids: ['C0FFEE00-0000-4000-8000-000000000000'],
    }));
});

describe('in words', () => {
  test('what is done to a cluster', () => {
    expect(operationWords(cluster('a'))).toBe('Nothing yet');
    expect(operationWords(cluster('a', { state: 'RUNNING' }))).toBe('Creating');
    expect(operationWords(cluster('a', { state: 'RUNNING', steps: ['FAILED'] }))).toBe('Creating, failing');
    expect(operationWords(cluster('a', { state: 'SUCCEEDED' }))).toBe('Created');
    expect(operationWords(cluster('a', { state: 'INTERRUPTED' }))).toBe('Creating, interrupted');
  });
  test('where it is', () => {
    expect(stepWords(withStep({}))).toEqual({
      place: '5/9',
      name: 'Waiting for ssh',
      count: '880/1,000',
      failed: '',
      reason: '',
    });
    expect(stepWords(withStep({ total: null, failed: 2 }))).toMatchObject({ count: '880 so far', failed: '2 failed' });
    expect(stepWords(withStep({}, { state: 'RUNNING', steps: ['SUCCEEDED', 'FAILED', 'RUNNING'] })).failed).toBe(
      'step 2 failed',
    );
    expect(stepWords(cluster('a', { state: 'RUNNING' })).name).toBe('nothing has begun; 1 step is planned');
    expect(stepWords(cluster('a', { state: 'SUCCEEDED' })).name).toBe('in 1 min');
    // What an earlier operation was at says nothing of this one.
    expect(stepWords(withStep({ operationId: 'another' })).place).toBe('');
  });
  test('how far it is: failures are seen, however few', () => {
    expect(shares(cluster('a'))).toBeNull();
    expect(shares(cluster('a', { state: 'RUNNING' }))).toEqual({ percent: 50, completed: 50, failed: 0 });
    expect(shares(withStep({ failed: 1 }, { state: 'RUNNING', steps: ['FAILED', 'PENDING'] }))?.failed).toBe(4);
    expect(shares(withStep({ failed: 1000 }, { state: 'FAILED', steps: ['FAILED', 'SKIPPED'] }))?.failed).toBe(50);
  });
  test.each([
    [-5_000, -1_000, 'any moment'],
    [2_000, 14_000, 'in 2–14 s'],
    [0, 14_000, 'within 14 s'],
    [180_000, 290_000, 'in 3–5 min'],
    [300_000, 300_000, 'in 5 min'],
    [5_400_000, 9_000_000, 'in 1–3 h'],
  ])('when it will be done: %i to %i ms are %s', (earliest, latest, words) =>
    expect(rangeWords(earliest, latest)).toBe(words),
  );
});
