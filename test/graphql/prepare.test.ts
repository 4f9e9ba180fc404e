import { expect, test } from 'vitest';
import { createPrepareOperation, isErrors, type OperationRequest } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';

const prepareOperation = createPrepareOperation(loadSchema());

function prepared(request: OperationRequest) {
  const result = prepareOperation(request);
  if (isErrors(result)) throw new AggregateError(result);
  return result;
}

function messages(request: OperationRequest) {
  const result = prepareOperation(request);
  return isErrors(result) ? result.map((error) => error.message) : [];
}

test('an operation comes with its variables, defaults filled in, undeclared ones left out', () => {
  const query =
    'query Page($first: Int = 7, $after: String) { clusters(first: $first, after: $after) { nodes { id } } }';
  const { operation, operationName, variables } = prepared({ query, variables: { other: 1 } });
  expect(operation.operation).toBe('query');
  expect(operationName).toBe('Page');
  expect(variables).toEqual({ first: 7 });
});

test('prepared variables may be prepared again', () => {
  const query = 'mutation ($input: StartOperationInput!) { startOperation(input: $input) { operation { id } } }';
  const input = { clusterId: 'a', type: 'CREATING', steps: [{ stepName: 'b', total: null }] };
  const { variables } = prepared({ query, variables: { input } });
  expect(prepared({ query, variables }).variables).toEqual(variables);
});

test('the same document is parsed and validated once', () => {
  const query = 'subscription { clusterChanges { removed } }';
  expect(prepared({ query }).document).toBe(prepared({ query }).document);
});

test('one operation is chosen by its name', () => {
  const query = 'query A { viewer { tenantId } } query B { plugins { name } }';
  expect(prepared({ query, operationName: 'B' }).operation.name?.value).toBe('B');
  const expected = "expected operationName to be one of the document's operations (A, B), got";
  expect(messages({ query, operationName: 'C' })).toEqual([`${expected} "C"`]);
  expect(messages({ query })).toEqual([`${expected} null`]);
});

test.each([
  ['does not parse', { query: '{ viewer' }, /^Syntax Error/],
  ['is empty', { query: '' }, /^Syntax Error/],
  ['does not fit the schema', { query: '{ nothing }' }, /Cannot query field "nothing"/],
  [
    'follows two things at once',
    { query: 'subscription { a: clusterChanges { removed } b: clusterChanges { removed } }' },
    /must select only one top level field/,
  ],
  [
    'lacks a variable',
    { query: 'query ($id: ID!) { cluster(id: $id) { id } }' },
    /"\$id" of required type "ID!" was not provided/,
  ],
])('an operation that %s is refused', (_, request, message) => {
  expect(messages(request)).toEqual([expect.stringMatching(message)]);
});
