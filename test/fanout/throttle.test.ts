import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from '../../src/fanout/throttle.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is worked on, and what each round of work found of it. */
function paced(interval: number) {
  const state = { value: 0, seen: [] as number[] };
  const throttle = new Throttle(interval, () => state.seen.push(state.value));
  const change = () => {
    state.value += 1;
    throttle.touch();
  };
  return { state, throttle, change };
}

test('W3: the first change goes out at once', () => {
  const { state, change } = paced(100);
  change();
  expect(state.seen).toEqual([1]);
});

test('W3: later changes go out at most once per interval, and always the last', () => {
  const { state, change } = paced(100);
  for (let i = 0; i < 1_000; i++) {
    change();
    vi.advanceTimersByTime(1);
  }
  expect(state.seen).toEqual([1, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
  vi.advanceTimersByTime(1_000);
  expect(state.seen).toHaveLength(11);
});

test('W3: a last change within the interval goes out at its end, not before', () => {
  const { state, change } = paced(100);
  change();
  vi.advanceTimersByTime(10);
  change();
  change();
  vi.advanceTimersByTime(89);
  expect(state.seen).toEqual([1]);
  vi.advanceTimersByTime(1);
  expect(state.seen).toEqual([1, 3]);
});

test('W3: after a pause a change goes out at once again, and with nothing to do no timer runs', () => {
  const { state, change } = paced(100);
  change();
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
  change();
  expect(state.seen).toEqual([1, 2]);
});

test('W3: with interval 0 every change goes out', () => {
  const { state, change } = paced(0);
  for (let i = 0; i < 3; i++) change();
  expect(state.seen).toEqual([1, 2, 3]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a change made by the work itself waits its turn', () => {
  const seen: number[] = [];
  const throttle = new Throttle(100, () => {
    if (seen.push(seen.length) < 3) throttle.touch();
  });
  throttle.touch();
  expect(seen).toHaveLength(1);
  vi.advanceTimersByTime(300);
  expect(seen).toHaveLength(3);
});

test('once closed it works no more, and leaves no timer', () => {
  const { state, throttle, change } = paced(100);
  change();
  change();
  throttle.close();
  change();
  vi.advanceTimersByTime(1_000);
  expect([state.seen, vi.getTimerCount()]).toEqual([[1], 0]);

  const unused = paced(100);
  unused.throttle.close();
  unused.change();
  expect([unused.state.seen, vi.getTimerCount()]).toEqual([[], 0]);
});
