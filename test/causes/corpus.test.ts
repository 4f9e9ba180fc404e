import { describe, expect, test } from 'vitest';
import { causeOf, titleOf } from '../../src/domain/causes/cause.js';
import { mergeCauses } from '../../src/domain/causes/groups.js';
import { kinds } from './corpus/index.js';
import { variant } from './corpus/variant.js';

const variants = Array.from({ length: 10 }, (_, n) => variant(n + 1));

describe.each(Object.entries(kinds))('the cause of a failure of %s', (_, samples) => {
  test.each(samples)('is cut where it is said: $name', ({ text, says }) => {
    for (const each of variants) expect(titleOf(causeOf(text(each)).pattern)).toContain(says);
  });
  test.each(samples)('is the same on other hosts, at other times, under other ids: $name', ({ text }) => {
    expect(new Set(variants.map((each) => causeOf(text(each)).pattern)).size).toBe(1);
  });
});

test('no two causes are one group, and none is split', () => {
  const failures = Object.entries(kinds).flatMap(([kind, samples]) =>
    samples.flatMap(({ name, text }) =>
      variants.map((each) => ({ label: `${kind}: ${name}`, ...causeOf(text(each)) })),
    ),
  );
  const distinct = [...new Map(failures.map((failure) => [failure.hash, failure])).values()];
  const groups = mergeCauses(distinct).map(({ items }) => new Set(items.map(({ hash }) => hash)));
  const labels = groups.map(
    (group) => new Set(failures.filter(({ hash }) => group.has(hash)).map(({ label }) => label)),
  );
  expect(labels.filter(({ size }) => size > 1).map((merged) => [...merged])).toEqual([]);
  expect(groups).toHaveLength(Object.values(kinds).flat().length);
});
