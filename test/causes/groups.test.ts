import fc from 'fast-check';
import { expect, test } from 'vitest';
import { causeOf } from '../../src/domain/causes/cause.js';
import { mergeCauses } from '../../src/domain/causes/groups.js';

const groups = (texts: readonly string[]) =>
  mergeCauses(texts.map((text) => causeOf(text))).map(({ items, pattern }) => `${items.length} ${pattern}`);

const missing = (name: string) => `E: Unable to locate package ${name}`;
const names = ['nginx', 'docker', 'podman', 'jq', 'helm'];

test('C4: a few causes that differ in one word stay apart', () => {
  expect(groups(names.slice(0, 4).map(missing))).toHaveLength(4);
});

test('C4: a family of them is one group, whose message leaves out the word', () => {
  expect(groups(names.map(missing))).toEqual(['5 E: Unable to locate package <*>']);
});

test('C4: causes that begin otherwise, have more words, or were raised elsewhere are of no family', () => {
  const raised = names.map(
    (name) => `Traceback (most recent call last):\n  File "${name}.py", line 1, in f\nKeyError: 'region of a name'`,
  );
  expect(groups(raised)).toHaveLength(5);
  expect(groups(names.map((name) => `${name} is no package that is known here`))).toHaveLength(5);
});

test('C4: what was masked as another kind of thing is the same', () => {
  expect(groups(['connect to 10.0.0.7 failed: refused', 'connect to db.example.com failed: refused'])).toEqual([
    '2 connect to <*> failed: refused',
  ]);
});

test('C4: another port of an address is another cause', () => {
  const refused = (port: number) => `dial tcp 10.0.0.7:${port}: connection refused`;
  expect(groups([refused(22), refused(443)])).toHaveLength(2);
  expect(groups([refused(40_001), refused(50_002)])).toHaveLength(1);
});

test('C4: the groups of a set do not depend on its order', () => {
  const word = fc.constantFrom('disk', 'net', 'cpu', 'host', '10.0.0.1', 'web-7');
  const texts = fc.uniqueArray(
    fc.array(word, { minLength: 2, maxLength: 7 }).map((words) => words.join(' ')),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.nat()), (texts, random) => {
      const shuffled = texts.map((text) => ({ text, at: random.next().value ?? 0 })).sort((a, b) => a.at - b.at);
      expect(groups(shuffled.map(({ text }) => text)).sort()).toEqual(groups(texts).sort());
    }),
  );
});
