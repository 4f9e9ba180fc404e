import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import type { Caller } from '../../src/auth/caller.js';
import { groupKey } from '../../src/graphql/group-key.js';

const documents = [
  'subscription ($id: ID!, $after: String) { clusterProgress(clusterId: $id, after: $after) { revision } }',
  'subscription ($id: ID!, $after: String) { clusterProgress(clusterId: $id, after: $after) { snapshot } }',
  'subscription S($id: ID!, $after: String) { clusterProgress(clusterId: $id, after: $after) { revision } }',
].map((source) => parse(source));

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, undefined, 0, -0, Number.NaN, 'null', '0', '', '"', new Date(0), new Date(1), 1n, '1'),
);
const fields = fc.dictionary(fc.constantFrom('a', 'b', '"a"', 'a,b', 'after'), value, { maxKeys: 3 });
const role = fc.constantFrom('VIEWER' as const, 'REPORTER' as const, 'ADMIN' as const);
// Whatever a caller may come to have one day.
const caller = fc
  .tuple(fields, fc.record({ tenantId: fc.constantFrom('a', 'a,b', '"'), roles: fc.array(role, { maxLength: 3 }) }))
  .map(([claims, known]): Caller => ({ ...claims, ...known }));
const asked = fc.record({ document: fc.constantFrom(...documents), variables: fields, caller });
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const keyOf = ({ document, variables, caller }: Asked) => {
  const operation = document.definitions[0] as OperationDefinitionNode;
  return groupKey({ document, operation, variables }, caller);
};

const without = ({ after: _, ...rest }: Record<string, unknown>) => rest;
const isSame = (one: Asked, other: Asked) =>
  one.document === other.document &&
  isDeepStrictEqual(one.caller, other.caller) &&
  isDeepStrictEqual(without(one.variables), without(other.variables));

/** The same fields, the last one first. */
const reversed = <T extends object>(fields: T): T => Object.fromEntries(Object.entries(fields).reverse()) as T;

test('subscribers share messages if and only if document, variables and the whole caller are equal', () => {
  const pair = fc.oneof(
    fc.tuple(asked, asked),
    // Differing in one thing at most.
    fc.tuple(asked, caller).map(([one, caller]) => [one, { ...one, caller }] as const),
    fc.tuple(asked, fields).map(([one, variables]) => [one, { ...one, variables }] as const),
    fc.tuple(asked, fields).map(([one, claims]) => [one, { ...one, caller: { ...claims, ...one.caller } }] as const),
    asked.map((one) => [one, { ...one, caller: reversed(one.caller), variables: reversed(one.variables) }] as const),
  );
  fc.assert(
    fc.property(pair, ([one, other]) => {
      expect(keyOf(one) === keyOf(other)).toBe(isSame(one, other));
    }),
    { numRuns: 5_000 },
  );
});

test('where a subscriber begins makes no difference, unless the document uses it for anything else', () => {
  const caller: Caller = { tenantId: 'a', roles: [] };
  const [once] = documents as [(typeof documents)[0]];
  const twice = parse(
    'subscription ($after: Int) { clusterProgress(clusterId: "1", after: $after) { cluster { operations(first: $after) { totalCount } } } }',
  );
  const keyAt = (document: typeof once, after: number) => keyOf({ document, variables: { after }, caller });
  expect(keyAt(once, 1)).toBe(keyAt(once, 2));
  expect(keyAt(twice, 1)).not.toBe(keyAt(twice, 2));
});
