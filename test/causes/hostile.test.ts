import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeOf } from '../../src/domain/causes/cause.js';
import { most } from '../../src/domain/causes/text.js';
import { errorText } from '../../src/domain/error-text.js';

const bytes = 64 * 1024;
const filled = (part: string) => part.repeat(Math.ceil(bytes / part.length)).slice(0, bytes);

/** What makes a pattern that can match in two ways try them all. */
const parts = [
  ...[
    'a',
    '1',
    ' ',
    '\t',
    '\n',
    '\r\n',
    ':',
    ': ',
    '(',
    '{',
    '[',
    '"',
    "'",
    '\\',
    '\\"',
    '/',
    '.',
    '-',
    '+',
    '|',
    '<',
    '=',
    '\u001b',
  ],
  ...[
    'a: ',
    'a.',
    'a1',
    'a-',
    'a/',
    '0f',
    '1.',
    '1:',
    '::',
    'f:',
    '10.0.0.',
    '1-1-1 ',
    'a@a',
    'a@a.',
    'a://',
    '/tmp/',
    '<n>',
    '\u001b[1;',
  ],
  ...[
    'at ',
    ' at a (b',
    '\n    at a (b:1:1',
    '\n\tat a.b(C.java:1)',
    'Caused by: ',
    '\nCaused by: a',
    '[cause]: ',
    '\n[errors]: [',
    'Error: ',
    '\nError: x',
  ],
  ...[
    'Traceback (most recent call last):\n',
    '  File "a", line 1\n',
    '  | ',
    '+-+---- 1 ----\n',
    'During handling of the above exception, another\n',
  ],
  ...[
    'panic: ',
    '\npanic: x',
    'goroutine 1 [running]:\n',
    'f(',
    '({',
    'FAILED! => {"msg": "',
    '"msg": "x", ',
    '  msg:\n',
    'failed: [a] (item=',
    '{"a": ',
  ],
  ...[
    '│ Error: ',
    '\n│ Error: x\n│ ',
    'Output: ',
    "{'message': '",
    'Went to status ERROR due to "',
    '(Request-ID: req-',
    'util.py[WARNING]: ',
    'Stderr: ',
    '\nStderr:\n',
  ],
  ...[
    'exit status 1\n',
    'see for ',
    '+ a\n',
    'failed ',
    'non-zero return code ',
    'Command failed: ',
    'E: ',
    'error ',
    '\ud800',
    '😀',
    'שלום ',
    '\u202e',
    '\0',
  ],
];

describe('64 KiB that were made to be slow', () => {
  test.each(parts)('are cut and masked: %j', (part) => {
    for (const text of [filled(part), `x${filled(part)}`, `${filled(part)}!`, `{${filled(part)}`]) {
      expect(causeOf(errorText(text)).pattern.length).toBeLessThanOrEqual(2 * most.reason + 1);
    }
  });

  test('and so are any two of them in turn', () => {
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.constantFrom(...parts), (a, b) => {
        expect(causeOf(filled(a + b)).pattern.length).toBeLessThanOrEqual(2 * most.reason + 1);
      }),
      { numRuns: 60 },
    );
  });
});

test('any text has a cause, which PostgreSQL can store and a terminal can show', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
      const { pattern, hash } = causeOf(text);
      expect(pattern).not.toBe('');
      expect(pattern.isWellFormed()).toBe(true);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be left
      expect(pattern).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
      expect(causeOf(text)).toEqual({ pattern, hash });
    }),
  );
});

test('what is said on one line of minified JavaScript is found after it', () => {
  const source = filled('function a(b){return b.c?d(b):e};');
  const text = `/srv/bundle.min.js:1\n${source}\n^\n\nTypeError: e is not a function\n    at a (/srv/bundle.min.js:1:20311)\n`;
  expect(causeOf(errorText(text)).pattern).toBe('TypeError: e is not a function\na (bundle.min.js)');
});

test('no text is a cause, too', () => {
  expect(causeOf(null)).toEqual(causeOf(''));
  expect(causeOf(' \n\t').pattern).toBe('(no text)');
});

test("a reporter's own fingerprint goes before all", () => {
  const own = causeOf('Connection refused', 'ssh');
  expect(own).toEqual({ hash: expect.any(String), pattern: 'ssh' });
  expect(causeOf('something else', 'ssh')).toEqual(own);
  expect(causeOf('ssh').hash).not.toBe(own.hash);
});
