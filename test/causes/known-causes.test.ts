import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { KnownCauses } from '../../src/domain/causes/known-causes.js';
import { readKnownCauses } from '../../src/known-causes.js';
import { ask } from '../graphql/ask.js';
import { only, verbs } from '../rules/fixture.js';
import { event } from '../support/api.js';
import { startApp } from '../support/app.js';

const folder = mkdtempSync(join(tmpdir(), 'stepcast-known-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  writeFileSync(path, content);
  return path;
}

const refusal = (path: string): string => {
  try {
    readKnownCauses(path);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
};

test('C5: what is known of a cause is shown with its group', async () => {
  const known = [
    {
      pattern: 'No valid host',
      title: 'The region is full',
      hint: 'Choose another zone.',
      link: 'https://wiki.example/full',
    },
    { pattern: '^no valid', title: 'never reached' },
  ];
  const app = await startApp({ knownCausesFile: file(JSON.stringify(known)) });
  onTestFinished(() => app.close());
  const on = verbs(() => app.url);
  const stepId = only((await on.running({ stepName: 'one', total: 3 })).stepIds);
  await on.outcomes(
    event(stepId, { successful: false, instanceId: 'a', eventInfo: 'no valid host was found' }),
    event(stepId, { successful: false, instanceId: 'b', eventInfo: 'disk is full' }),
  );
  const query = `{ node(id: "${stepId}") { ... on ClusterProvisionStep { errorGroups { message knownCause { title hint link } } } } }`;
  const { node } = await ask<{ node: { errorGroups: object[] } }>(app.url, query);
  const { pattern: _, ...first } = known[0] as (typeof known)[number];
  expect(node.errorGroups).toHaveLength(2);
  expect(node.errorGroups).toContainEqual({ message: 'no valid host was found', knownCause: first });
  expect(node.errorGroups).toContainEqual({ message: 'disk is full', knownCause: null });
});

test('C5: no file, nothing known; hint and link may be left out', () => {
  expect(readKnownCauses(undefined).of('anything')).toBeNull();
  const known = readKnownCauses(file('\ufeff[{"pattern": "disk (?:sd|vd)[a-z]<n>", "title": "t"}]'));
  expect(known.of('Disk vda<n> is full')).toEqual({ title: 't', hint: null, link: null });
});

describe('C5: a file that cannot be used is refused at start, in words:', () => {
  test.each([
    ['{', 'expected JSON: '],
    ['', 'expected JSON: '],
    ['{}', 'expected a list of known causes, got an object'],
    ['[1]', '[0]: expected { pattern, title, hint, link }, got 1'],
    ['[{"pattern": "a"}]', '[0].title: expected a text, got undefined'],
    ['[{"title": "a"}]', '[0].pattern: expected a text, got undefined'],
    ['[{"pattern": " ", "title": 7}]', '[0].title: expected a text, got 7'],
    ['[{"pattern": "a", "title": "a", "hnit": "b"}]', '[0].hnit: expected only pattern, title, hint, link'],
    [
      '[{"pattern": "a", "title": "a", "link": "javascript:alert(1)"}]',
      '[0].link: expected a URL that begins with http:// or https://',
    ],
    ['[{"pattern": "(", "title": "a"}]', '[0].pattern: expected a regular expression, got "("'],
    [
      '[{"pattern": "a", "title": "a"}, {"pattern": "[z-a]", "title": "b"}]',
      '[1].pattern: expected a regular expression, got "[z-a]"',
    ],
    [`[{"pattern": "a", "title": "${'x'.repeat(2001)}"}]`, '[0].title: expected at most 2000 characters, got 2001'],
    [JSON.stringify(Array(501).fill({ pattern: 'a', title: 'a' })), 'expected at most 500 known causes, got 501'],
  ])('%.60s', (content, words) => {
    const path = file(content);
    expect(refusal(path)).toContain(`STEPCAST_KNOWN_CAUSES: ${path} cannot be used:\n  `);
    expect(refusal(path)).toContain(words);
  });

  test('one that is not there, and a folder', () => {
    expect(refusal(join(folder, 'none.json'))).toContain('no such file or directory');
    expect(refusal(folder)).toContain('illegal operation on a directory');
  });

  test('all faults at once', () => {
    const message = refusal(file('[{"pattern": "(", "title": ""}, {"pattern": "(a+)+$", "title": "x"}]'));
    for (const words of ['[0].pattern', '[0].title', '[1].pattern']) expect(message).toContain(words);
  });
});

const allowed = [
  'a+',
  'a.*b.*c',
  'x{3}',
  'refused|reset',
  '(?:refused|reset) by .*',
  '\\(HTTP 4\\d\\d\\)',
  '[*+?]',
  'a\\+\\+',
  '(?:abc)?d',
  '(ab){3}',
  '<ip>:22',
  'לא נמצא',
];
test.each(allowed)('C5: a pattern may be %s', (pattern) => {
  expect(() => KnownCauses.of([{ pattern, title: 't' }])).not.toThrow();
});

const slow = [
  ...[
    '(a+)+$',
    '(a*)*b',
    '(a|a)*b',
    '(a|aa)+$',
    '((a)+)+',
    '([a-z]+)*!',
    '(?:a?){30}a{30}',
    '(.*a){20}',
    '(a{1,9}){9}',
    '(?<x>a+)+',
  ],
  ...[
    '.*.*.*.*=',
    'a*a*a*a*a*b',
    `${'a?'.repeat(30)}${'a'.repeat(30)}`,
    `${'(a|a)'.repeat(30)}b`,
    'a{1,99999}b{1,99999}c{1,99999}d',
  ],
  ...['(a)\\1+', '(?=a+)b', '(?<!a+)b', '(?<n>a)\\k<n>'],
];
test.each(slow)('C5: a pattern that might backtrack for long is refused: %s', (pattern) => {
  expect(() => KnownCauses.of([{ pattern, title: 't' }])).toThrow('that cannot backtrack for long');
});
