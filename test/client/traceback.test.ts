import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headline, traceback } from '../../src/client/report/traceback.js';

const bytes = (text: string) => Buffer.byteLength(text);
const most = 64 * 1024;

test('E6: a traceback of 108 kB keeps its beginning and its last line, and says how long it was', () => {
  const frames = '  File "/opt/plugin.py", line 7, in recurse\n'.repeat(2455);
  const whole = `Traceback (most recent call last):\n${frames}RecursionError: é`;
  const text = traceback(whole);
  expect(text).toMatch(/^Traceback \(most recent call last\):\n/);
  expect(text).toMatch(/\nRecursionError: é$/);
  expect(text).toContain(`… [${bytes(whole)} bytes, the middle is left out] …`);
  expect(bytes(text)).toBeLessThanOrEqual(most);
});

test('a traceback holds every cause and every part, and ends where causes go in a circle', () => {
  const inner = new Error('inner');
  const outer = new AggregateError([new Error('first'), 'second'], 'outer', { cause: inner });
  inner.cause = outer;
  const text = traceback(outer);
  for (const part of ['outer', 'Error 1: Error: first\n    at ', 'Error 2: second', 'Caused by: Error: inner']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('Caused by: AggregateError: outer [as above]');
});

test('an error that sums up or causes itself is described once', () => {
  const error = new AggregateError([], 'itself');
  error.errors.push(error, new Error('another'));
  error.cause = error;
  const text = traceback(error);
  expect(text).toContain('Error 1: AggregateError: itself [as above]\nError 2: Error: another');
  expect(text).toMatch(/\nCaused by: AggregateError: itself \[as above\]$/);
});

test('of 10,000 causes, or parts, the first hundred are described, and the rest is said to be left out', () => {
  let error = new Error('root');
  for (let cause = 0; cause < 10_000; cause++) error = new Error(`${cause}`, { cause: error });
  expect(traceback(error)).toMatch(/^Error: 9999\n[\s\S]*\nFurther causes are left out$/);
  const parts = Array.from({ length: 10_000 }, (_, index) => new Error(`part ${index}`));
  expect(traceback(new AggregateError(parts, 'sum'))).toMatch(/\n9900 further errors are left out$/);
  let nested: Error = new Error('root');
  for (let sum = 0; sum < 10_000; sum++) nested = new AggregateError([nested], `sum ${sum}`);
  expect(traceback(nested)).toMatch(/^AggregateError: sum 9999\n/);
});

test('an error of another realm is an error', () => {
  const error = runInContext('new TypeError("from elsewhere", { cause: new RangeError("deeper") })', createContext());
  expect(error).not.toBeInstanceOf(Error);
  expect(traceback(error)).toMatch(
    /^TypeError: from elsewhere\n {4}at [\s\S]*\nCaused by: RangeError: deeper\n {4}at /,
  );
  expect(headline(error)).toBe('from elsewhere');
});

test.each<[string, unknown, string]>([
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a text', 'no ssh', 'no ssh'],
  ['a number', 404, '404'],
  ['a symbol', Symbol('odd'), 'Symbol(odd)'],
  ['a bigint', 7n, '7'],
  ['an object', { code: 404 }, '{"code":404}'],
  ['an object with a bigint in it', { code: 7n }, '[object Object]'],
  [
    'an object without a prototype that no JSON can be made of',
    Object.assign(Object.create(null), { code: 7n }),
    'an error that cannot be described',
  ],
  ['an error without a message', new TypeError(), 'TypeError'],
])('%s that is thrown is told as it is', (_, thrown, wanted) => {
  expect(headline(thrown)).toBe(wanted);
  expect(traceback(thrown)).toContain(wanted);
});

/** An error that fails whoever looks at one of its properties. */
function hostile(property: 'name' | 'message' | 'stack' | 'cause' | 'errors'): Error {
  return Object.defineProperty(new Error('hostile'), property, {
    get: () => {
      throw new Error('do not look');
    },
  });
}

test('E7: whatever is thrown, it is described in at most 64 KiB, and nothing else is thrown', () => {
  const values = fc.oneof(
    fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true, withSparseArray: true }),
    fc
      .constantFrom('name' as const, 'message' as const, 'stack' as const, 'cause' as const, 'errors' as const)
      .map(hostile),
    fc.string({ maxLength: 20 }).map((text) => new Error(text.repeat(10_000))),
    fc.anything().map((cause) => new Error('outer', { cause })),
    fc.array(fc.anything(), { maxLength: 5 }).map((errors) => new AggregateError(errors, 'sum')),
    fc.constant(
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('do not look');
          },
          getPrototypeOf: () => {
            throw new Error('nor here');
          },
        },
      ),
    ),
  );
  fc.assert(
    fc.property(values, (thrown) => {
      for (const text of [traceback(thrown), headline(thrown)]) {
        expect(typeof text).toBe('string');
        expect(bytes(text)).toBeLessThanOrEqual(most);
      }
    }),
  );
});
