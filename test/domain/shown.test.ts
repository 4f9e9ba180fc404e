import { expect, test } from 'vitest';
import { cut, printable, shown } from '../../src/domain/shown.js';

test.each([
  ['a "text"', '"a \\"text\\""'],
  ['a\u001b[2J\u009b2J\u202e', '"a\\u001b[2J\\u009b2J\\u202e"'],
  ['x'.repeat(4_000_000), `"${'x'.repeat(80)}…"`],
  [`${'x'.repeat(79)}🙂`, `"${'x'.repeat(79)}\ufffd…"`],
  [new Array(700_000).fill(0), 'a list of 700000'],
  [{ a: 'x'.repeat(4_000_000) }, 'an object'],
  [10n ** 1000n, `1${'0'.repeat(79)}…`],
  [1.5, '1.5'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('x'), 'Symbol(x)'],
])('a value is shown so that it harms nobody (%#)', (value, text) => expect(shown(value)).toBe(text));

test('a text that fits is not cut, and line feeds and tabs are printable', () => {
  expect(cut('x'.repeat(10), 10)).toBe('x'.repeat(10));
  expect(printable('a\n\tb\r\0')).toBe('a\n\tb\\u000d\\u0000');
});
