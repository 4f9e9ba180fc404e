import { StepcastError } from 'stepcast/client';
import { describe, expect, test } from 'vitest';
import { troubleOf } from '../../src/web/page/live/trouble.js';
import { addressOf, readAddress } from '../../src/web/page/places.js';
import { titleOf } from '../../src/web/page/ui/headline.js';
import { KeyReader } from '../../src/web/page/ui/key-reader.js';
import { absolute, clockTime, relative, whole } from '../../src/web/page/ui/times.js';

describe('addresses', () => {
  test.each([
    ['/', { view: 'list' }],
    ['/clusters', { view: 'elsewhere', path: '/' }],
    ['/clusters/', { view: 'elsewhere', path: '/' }],
    ['/clusters/c', { view: 'cluster', id: 'c' }],
    ['/clusters/c/', { view: 'cluster', id: 'c' }],
    ['/clusters/c/operations/o', { view: 'cluster', id: 'c', operation: 'o' }],
    ['/clusters/c/operations/o/steps/s', { view: 'cluster', id: 'c', operation: 'o', step: 's' }],
    ['/data_processing/clusters/c', { view: 'elsewhere', path: '/clusters/c' }],
    ['/data_processing/clusters/a%2Fb%3F', { view: 'elsewhere', path: '/clusters/a%2Fb%3F' }],
    ['/errors/a%2Fb%2541%20%E2%9C%93', { view: 'error', errorId: 'a/b%41 ✓' }],
    ['/errors/%zz', { view: 'error', errorId: '%zz' }],
    ['/errors/a/b', { view: 'nothing' }],
    ['/errors/', { view: 'look-up' }],
    ['/clusters//operations/o', { view: 'nothing' }],
    ['/clusters/c/operations', { view: 'nothing' }],
    ['/clusters/c/steps/s', { view: 'nothing' }],
    ['/clusters/c/operations/o/steps/s/more', { view: 'nothing' }],
    ['/nothing', { view: 'nothing' }],
  ])('%s', (path, address) => expect(readAddress(path)).toEqual(address));

  test('whatever is in an id comes back', () => {
    const place = { id: 'a/b?c#d%20 ‮', operation: 'o/p', step: '../..' };
    expect(readAddress(addressOf(place))).toEqual({ view: 'cluster', ...place });
  });
});

describe('times', () => {
  const at = Date.parse('2026-03-04T13:02:10.123Z');
  test('of today, this year and others', () => {
    expect(clockTime(at, 'UTC')).toBe('13:02:10');
    expect(absolute(at, 'UTC', at + 3_600_000)).toBe('13:02:10');
    expect(absolute(at, 'UTC', at + 12 * 3_600_000)).toBe('4 Mar, 13:02');
    expect(absolute(at, 'UTC', at + 400 * 86_400_000)).toBe('4 Mar 2026, 13:02');
    expect(whole(at)).toContain('13:02:10.123 UTC');
  });
  test.each([
    [0, 'now'],
    [1_999, 'now'],
    [4_000, '4 s ago'],
    [119_999, '1 min ago'],
    [7_200_000, '2 h ago'],
    [-180_000, 'in 3 min'],
    [3 * 86_400_000, '3 d ago'],
  ])('%d ms ago: %s', (ago, words) => expect(relative(at - ago, at)).toBe(words));
});

describe('the title', () => {
  test.each([
    [{ name: 'Clusters' }, false, 'Clusters · Stepcast'],
    [{ name: 'prod', glyph: 'running', progress: 0.619 }, false, '61% prod · Stepcast'],
    [{ name: 'prod', glyph: 'failing', progress: 0.61 }, false, '✗ 61% prod · Stepcast'],
    [{ name: 'prod', glyph: 'failed', progress: 0.61 }, false, '✗ prod · Stepcast'],
    [{ name: 'prod', glyph: 'stalled', progress: 0.61 }, false, '! prod · Stepcast'],
    [{ name: 'prod', glyph: 'done', progress: 1 }, false, '✓ prod · Stepcast'],
    [{ name: 'prod', glyph: 'running', progress: 0.61 }, true, '? prod · Stepcast'],
  ] as const)('%o (stale: %s): %s', (headline, isStale, title) => expect(titleOf(headline, isStale)).toBe(title));
  test('of a view that has not said what it is about', () => expect(titleOf(null, true)).toBe('Stepcast'));
});

describe('keys', () => {
  test('are read alone and as the second of two', () => {
    const keys = new KeyReader();
    expect(keys.read('g', 0)).toEqual(['g']);
    expect(keys.read('l', 500)).toEqual(['g l', 'l']);
    expect(keys.read('l', 1_600)).toEqual(['l']);
    keys.forget();
    expect(keys.read('x', 1_700)).toEqual(['x']);
  });
});

describe('faults', () => {
  const fault = (code: StepcastError['code'], message = 'expected this', options = {}) =>
    new StepcastError(code, message, options);
  test.each([
    [fault('UNAUTHENTICATED'), 'request', 'signed-out'],
    [fault('UNAUTHENTICATED'), 'following', 'signed-out'],
    [fault('FORBIDDEN'), 'following', 'signed-out'],
    [fault('FORBIDDEN'), 'request', null],
    [fault('NOT_FOUND'), 'following', null],
    [fault('UNAVAILABLE'), 'request', null],
    [fault('BAD_USER_INPUT', 'expected filter.name to have up to 255 characters'), 'request', null],
    [fault('BAD_USER_INPUT', 'Cannot query field "x" on type "Cluster".'), 'request', 'misunderstood'],
    [fault('BAD_USER_INPUT', 'the server closed the connection: 4400 expected …'), 'following', 'misunderstood'],
    [fault('INTERNAL'), 'request', null],
    [fault('INTERNAL'), 'following', 'failing'],
    [fault('INTERNAL', 'expected messages', { cause: new Error() }), 'following', 'misunderstood'],
    [new TypeError("Cannot read properties of undefined (reading 'nodes')"), 'request', 'misunderstood'],
  ] as const)('%s of a %s: %s', (error, of, trouble) => expect(troubleOf(error, of)).toBe(trouble));
});
