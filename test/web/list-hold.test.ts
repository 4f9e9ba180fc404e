import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Hold, pointerRests } from '../../src/web/page/list/hold.js';

describe('rows are held still', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('while there is a reason', () => {
    const told: boolean[] = [];
    const hold = new Hold((isHeld) => told.push(isHeld));
    hold.set('focus', true);
    hold.set('scrolled', true);
    hold.set('focus', false);
    hold.set('scrolled', false);
    expect(told).toEqual([true, true, true, false]);
  });

  test('while a pointer is there that moves now and then', () => {
    let isHeld = false;
    const hold = new Hold((now) => {
      isHeld = now;
    });
    hold.set('pointer', true);
    for (const _ of [1, 2, 3]) {
      vi.advanceTimersByTime(pointerRests - 1);
      expect(isHeld).toBe(true);
      hold.set('pointer', true);
    }
    vi.advanceTimersByTime(pointerRests);
    expect(isHeld).toBe(false);
    hold.set('pointer', true);
    expect(isHeld).toBe(true);
  });

  test('until the end', () => {
    const told: boolean[] = [];
    const hold = new Hold((isHeld) => told.push(isHeld));
    hold.set('pointer', true);
    hold.end();
    vi.advanceTimersByTime(2 * pointerRests);
    expect(told).toEqual([true, false]);
  });
});
