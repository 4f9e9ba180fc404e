import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterCursors, eventCursors, operationCursors, progressCursors } from '../../src/graphql/cursors.js';

const byTime = clusterCursors({ field: 'CREATED_AT', direction: 'DESC' });
const byName = clusterCursors({ field: 'NAME', direction: 'ASC' });
const place = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test('a cursor reads back as the key it was written from', () => {
  fc.assert(
    fc.property(place, fc.uuid(), fc.date({ noInvalidDate: true }), (number, id, createdAt) => {
      for (const cursors of [eventCursors, progressCursors]) {
        const position = { epoch: id, revision: number };
        expect(cursors.read(cursors.write(position))).toEqual(position);
      }
      expect(operationCursors.read(operationCursors.write(number))).toBe(number);
      expect(byTime.read(byTime.write({ value: createdAt, id }))).toEqual({ value: createdAt, id });
      expect(byName.read(byName.write({ value: `${createdAt}`, id }))).toEqual({ value: `${createdAt}`, id });
    }),
  );
});

test('a cursor can stand in a URL as it is', () => {
  fc.assert(
    fc.property(place, (number) => /^[A-Za-z0-9_-]+$/.test(eventCursors.write({ epoch: 'e', revision: number }))),
  );
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  ['no text', ''],
  ['garbage', 'garbage'],
  ['JSON that is not encoded', '["e",1,"epoch"]'],
  ['a number alone', encoded(1)],
  ['an object', encoded({ e: 1 })],
  ['another list’s cursor', operationCursors.write(1)],
  ['a cursor of the state', progressCursors.write({ epoch: 'e', revision: 1 })],
  ['of no history', encoded(['e', 1])],
  ['of a history of no name', encoded(['e', 1, 1])],
  ['a negative place', encoded(['e', -1, 'epoch'])],
  ['half a place', encoded(['e', 1.5, 'epoch'])],
  ['a place beyond any revision', encoded(['e', 2 ** 31, 'epoch'])],
  ['a place in words', encoded(['e', '1', 'epoch'])],
  ['more than a place', encoded(['e', 1, 'epoch', 2])],
])('a cursor of events is refused when it is %s', (_, text) => {
  expect(() => eventCursors.read(text)).toThrow(
    expect.objectContaining({
      code: 'BAD_USER_INPUT',
      message: `expected after to be a cursor of a list of events, got ${JSON.stringify(text)}`,
    }),
  );
});

test('a cursor of clusters is refused when its id is no UUID or its moment no moment', () => {
  const id = crypto.randomUUID();
  for (const parts of [
    ['c', 'CREATED_AT DESC', 0, "' OR 1=1"],
    ['c', 'CREATED_AT DESC', 'now', id],
    ['c', 'CREATED_AT DESC', 8.64e15 + 1, id],
    ['c', 'CREATED_AT ASC', 0, id],
    ['c', 'NAME ASC', 'a', id],
  ]) {
    expect(() => byTime.read(encoded(parts))).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  }
});

test('a long cursor is not repeated whole', () => {
  expect(() => eventCursors.read('x'.repeat(100_000))).toThrow(/got "x{80}…"$/);
});
