import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterCursors, eventCursor, operationCursors, parseEventCursor } from '../../src/graphql/cursors.js';

const place = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test('a cursor reads back as the key it was written from', () => {
  fc.assert(
    fc.property(place, fc.uuid(), fc.date({ noInvalidDate: true }), (number, id, createdAt) => {
      expect(parseEventCursor(eventCursor(number))).toBe(number);
      expect(operationCursors.read(operationCursors.write(number))).toBe(number);
      expect(clusterCursors.read(clusterCursors.write({ createdAt, id }))).toEqual({ createdAt, id });
    }),
  );
});

test('a cursor can stand in a URL as it is', () => {
  fc.assert(fc.property(place, (number) => /^[A-Za-z0-9_-]+$/.test(eventCursor(number))));
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  ['no text', ''],
  ['garbage', 'garbage'],
  ['JSON that is not encoded', '["e",1]'],
  ['a number alone', encoded(1)],
  ['an object', encoded({ e: 1 })],
  ['another list’s cursor', operationCursors.write(1)],
  ['a negative place', encoded(['e', -1])],
  ['half a place', encoded(['e', 1.5])],
  ['a place beyond any revision', encoded(['e', 2 ** 31])],
  ['a place in words', encoded(['e', '1'])],
  ['more than a place', encoded(['e', 1, 2])],
])('a cursor of events is refused when it is %s', (_, text) => {
  expect(() => parseEventCursor(text)).toThrow(
    expect.objectContaining({
      code: 'BAD_USER_INPUT',
      message: `expected after to be a cursor of a list of events, got ${JSON.stringify(text)}`,
    }),
  );
});

test('a cursor of clusters is refused when its id is no UUID or its moment no moment', () => {
  const id = crypto.randomUUID();
  for (const parts of [
    ['c', 0, "' OR 1=1"],
    ['c', 'now', id],
    ['c', 8.64e15 + 1, id],
  ]) {
    expect(() => clusterCursors.read(encoded(parts))).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  }
});

test('a long cursor is not repeated whole', () => {
  expect(() => parseEventCursor('x'.repeat(100_000))).toThrow(/got "x{80}…"$/);
});
