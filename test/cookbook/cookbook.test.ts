import { expect, test } from 'vitest';
import { recipes } from './fixture.js';
import { page } from './recipes.js';

test('every file has one question and one operation, named once', () => {
  for (const { path, question, operation } of recipes) {
    expect([path, question]).toEqual([path, expect.stringMatching(/^[A-Z].*\?/)]);
    expect([path, operation.match(/^(query|mutation|subscription) /gm)?.length]).toEqual([path, 1]);
  }
  const names = recipes.map(({ operation }) => /^\w+ (\w+)/m.exec(operation)?.[1]);
  expect([names.length, new Set(names).size]).toEqual([22, 22]);
});

test('the first has no variables: GraphiQL ignores those of its first tab', () => {
  expect(recipes[0]?.operation).not.toContain('$');
});

test('the page is made of the files', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/cookbook.md');
});
