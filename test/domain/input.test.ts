import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atMost, errorText, limits, name, optionalName, storable, total, uuid, whole } from '../../src/domain/input.js';

const fault = (code: string, message: string) => expect.objectContaining({ code, message });

describe('E2: ids', () => {
  test('E2: a UUID is one whatever its case', () => {
    expect(uuid('id', 'EE258CBF-4589-484A-A814-81436C18BEB3')).toBe('ee258cbf-4589-484a-a814-81436c18beb3');
  });
  test.each(['', 'ee258cbf', 'ee258cbf-4589-484a-a814-81436c18beb3\n', '{ee258cbf-4589-484a-a814-81436c18beb3}'])(
    'E2: %j is none',
    (text) => {
      const got = JSON.stringify(text);
      expect(() => uuid('id', text)).toThrow(fault('BAD_USER_INPUT', `expected id to be a UUID, got ${got}`));
    },
  );
  test('E2: what came is shown in part when it is long', () => {
    expect(() => uuid('id', 'x'.repeat(1e6))).toThrow(/^expected id to be a UUID, got "x{80}…"$/);
  });
});

describe('E6: names', () => {
  test('E6: of up to 255 characters, however many bytes', () => {
    expect(name('name', '🙂'.repeat(255))).toHaveLength(510);
    expect(() => name('name', 'x'.repeat(256))).toThrow(
      fault('BAD_USER_INPUT', 'expected name of at most 255 characters, got 256'),
    );
  });
  test.each(['', ' ', '\t\n'])('E6: %j is none', (text) => {
    expect(() => name('name', text)).toThrow(/^expected name to be 1 to 255 characters, got "/);
  });
  test('E4: one that may be left out is null when it is, or when it is empty', () => {
    expect([undefined, null, '', 'a'].map((given) => optionalName('instanceId', given))).toEqual([
      null,
      null,
      null,
      'a',
    ]);
  });
});

describe('S7: totals', () => {
  test('S7: a whole number from 0 on, or null', () => {
    expect([0, 1000, 2_147_483_647, null, undefined].map((given) => total('total', given))).toEqual([
      ...[0, 1000, 2_147_483_647],
      ...[null, null],
    ]);
  });
  test.each([-1, 1.5, Number.NaN, 2_147_483_648, Number.POSITIVE_INFINITY])('S7: %d is none', (given) => {
    expect(() => total('total', given)).toThrow(/^expected total to be a whole number from 0 to 2147483647, got /);
  });
  test('O7: bounds are within', () => {
    expect([whole('a', 1, 1, 2), whole('a', 2, 1, 2)]).toEqual([1, 2]);
    expect(() => whole('a', 3, 1, 2)).toThrow('expected a to be a whole number from 1 to 2, got 3');
  });
});

test('E3: a list is at most so long', () => {
  expect(atMost('events', 2, [1, 2])).toEqual([1, 2]);
  expect(() => atMost('events', 2, [1, 2, 3])).toThrow(fault('LIMIT_EXCEEDED', 'expected at most 2 events, got 3'));
});

describe('E6: errors’ texts', () => {
  test('E6: what PostgreSQL cannot store is replaced', () => {
    expect(storable('a\0b\ud800c\udc00d🙂')).toBe('a\uFFFDb\uFFFDc\uFFFDd🙂');
  });

  const character = fc.constantFrom('x', 'ü', '…', '🙂', '\0', '\ud800', '\n');
  const texts = fc
    .tuple(fc.array(character, { minLength: 1, maxLength: 9 }), fc.nat(140_000))
    .map(([unit, size]) => unit.join('').repeat(Math.ceil(size / unit.join('').length)));

  test('E6: any text is kept whole up to 64 KiB; beyond, its middle is left out between two characters', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const whole = storable(text);
        const size = Buffer.byteLength(whole);
        const kept = errorText(text) ?? '';
        expect(errorText(kept)).toBe(kept);
        if (size <= limits.eventInfo) {
          expect(kept).toBe(whole);
          return;
        }
        const mark = `… [${size} bytes, the middle is left out] …`;
        const [start = '', end = '', ...more] = kept.split(mark);
        expect(more).toEqual([]);
        expect([start.isWellFormed(), end.isWellFormed()]).toEqual([true, true]);
        expect([whole.startsWith(start), whole.endsWith(end)]).toEqual([true, true]);
        // As much as there is room for: the next character has at most four bytes.
        expect(16 * 1024 - Buffer.byteLength(start + mark)).toBeOneOf([0, 1, 2, 3]);
        expect(48 * 1024 - Buffer.byteLength(end)).toBeOneOf([0, 1, 2, 3]);
      }),
      { numRuns: 200 },
    );
  });

  test('E6: none is none', () => {
    expect([errorText(null), errorText(undefined), errorText('')]).toEqual([null, null, '']);
  });
});
