import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { readConfig, variables } from '../src/config.js';
import { loadSchema } from '../src/graphql/schema.js';
import { blocksOf, documentsOf, missingPaths } from './support/documents.js';

const schema = loadSchema();
const root = join(import.meta.dirname, '..');
const documents = documentsOf(root);
const textOf = (document: string) => readFileSync(join(root, document), 'utf8');

test('name no path that does not exist', () => expect(missingPaths(root, documents)).toEqual([]));

test('have GraphQL that the schema takes', () => {
  const blocks = documents.flatMap((document) => blocksOf(document, textOf(document), 'graphql'));
  expect(blocks.length).toBeGreaterThan(20);
  const faults = blocks.flatMap(({ place, text }) =>
    validate(schema, parse(text)).map(({ message }) => `${place}: ${message}`),
  );
  expect(faults).toEqual([]);
});

test('have JSON that can be read', () => {
  const blocks = documents.flatMap((document) => blocksOf(document, textOf(document), 'json'));
  for (const { place, text } of blocks) expect(() => JSON.parse(text), place).not.toThrow();
});

test('name only commands that npm runs here', () => {
  const { scripts } = JSON.parse(textOf('package.json'));
  const named = documents.flatMap((document) =>
    [...textOf(document).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => `${document}: ${name}`),
  );
  expect(named.filter((name) => !((name.split(': ')[1] as string) in scripts))).toEqual([]);
});

test('the README lists the variables that configure the server, with their defaults', () => {
  const rows = [...textOf('README.md').matchAll(/^\| `([A-Z_]+)` \| (?:`(.*?)`)?/gm)];
  expect(rows.map(([, name]) => name).toSorted()).toEqual(variables.toSorted());
  for (const [, name = '', value = ''] of rows) {
    if (!variables.includes(value)) expect(readConfig({ [name]: value }), name).toEqual(readConfig({}));
  }
});
