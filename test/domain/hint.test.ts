import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeNotice, emptyNotice, encodeNotice } from '../../src/domain/hint.js';

const anyHint = fc.record({
  tenantId: fc.oneof(fc.constantFrom('default', '', 'a', 'a/b'), fc.string({ unit: 'binary' })),
  id: fc.oneof(fc.uuid(), fc.string({ unit: 'binary' })),
  revision: fc.nat(),
});

describe('a notice', () => {
  test('says what it was given, in order, whatever tenants and ids are, in texts that fit', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(anyHint, { maxLength: 300 }),
        fc.integer({ min: 4_000, max: 8_000 }),
        (origin, hints, bytes) => {
          const texts = encodeNotice({ origin, hints }, bytes);
          expect(texts.every((text) => Buffer.byteLength(text) <= bytes)).toBe(true);
          const notices = texts.map(decodeNotice);
          expect(notices.every((notice) => notice.origin === origin)).toBe(true);
          expect(notices.flatMap((notice) => notice.hints)).toEqual(hints);
        },
      ),
    );
  });
  test('has room for 240 clusters in 7,900 bytes', () => {
    const hints = Array.from({ length: 240 }, (_, number) => ({
      tenantId: 'default',
      id: crypto.randomUUID(),
      revision: 10_000 + number,
    }));
    expect(encodeNotice({ origin: crypto.randomUUID(), hints }, 7_900)).toHaveLength(1);
  });
  test('says "anything" where a single hint does not fit', () => {
    const hints = [
      { tenantId: 'a', id: 'x'.repeat(8_000), revision: 1 },
      { tenantId: 'a', id: 'y', revision: 1 },
    ];
    const notices = encodeNotice({ origin: 'me', hints }, 7_900).map(decodeNotice);
    expect(notices).toEqual([
      { origin: 'me', hints: null },
      { origin: 'me', hints: hints.slice(1) },
    ]);
  });
  test('may have nothing to say', () => {
    expect(encodeNotice({ origin: 'me', hints: [] }, 100)).toEqual([]);
    expect(decodeNotice(emptyNotice('me'))).toEqual({ origin: 'me', hints: [] });
  });
});
