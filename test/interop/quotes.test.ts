import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const examples = new URL('examples/clients/', root);
const files = readdirSync(examples).map((name) => readFileSync(new URL(name, examples), 'utf8'));
const page = readFileSync(new URL('docs/protocol.md', root), 'utf8');
const quotes = Array.from(page.matchAll(/```ts\n(.*?)```/gs), ([, code = '']) => code);

test('the code of docs/protocol.md is that of the examples, which these tests run', () => {
  expect(quotes.length).toBeGreaterThan(0);
  expect(quotes.filter((code) => !files.some((file) => file.includes(code)))).toEqual([]);
});
