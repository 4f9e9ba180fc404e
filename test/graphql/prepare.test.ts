import { describe, expect, test } from 'vitest';
import { type Role, rolesWithImplied } from '../../src/auth/caller.js';
import { createPrepareOperation, isErrors, type OperationRequest } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';

const prepareOperation = createPrepareOperation(loadSchema());

const callerWith = (...roles: Role[]) => ({ tenantId: 'a', roles: rolesWithImplied(roles) });
const admin = callerWith('ADMIN');

function prepared(request: OperationRequest) {
  const result = prepareOperation(request, admin);
  if (isErrors(result)) throw new AggregateError(result);
  return result;
}

function messages(request: OperationRequest, caller = admin) {
  const result = prepareOperation(request, caller);
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

describe('what a caller may not do is refused', () => {
  const input = '(input: { id: "a" })';
  const deleting = `mutation { deleteCluster${input} { id } }`;
  test.each<[string, string, Role[], string]>([
    ['a query without any role', '{ viewer { tenantId } }', [], 'VIEWER for viewer, got one without roles'],
    [
      'a subscription without any role',
      'subscription { clusterChanges { removed } }',
      [],
      'VIEWER for clusterChanges, got one without roles',
    ],
    [
      'a report by a viewer',
      'mutation { heartbeat(input: { operationId: "a" }) { leaseExpiresAt } }',
      ['VIEWER'],
      'REPORTER for heartbeat, got one with VIEWER',
    ],
    ['a deletion by a reporter', deleting, ['REPORTER'], 'ADMIN for deleteCluster, got one with VIEWER, REPORTER'],
    [
      'in a fragment',
      `mutation { ...F } fragment F on Mutation { ...G } fragment G on Mutation { deleteCluster${input} { id } }`,
      ['REPORTER'],
      'ADMIN for deleteCluster, got one with VIEWER, REPORTER',
    ],
    [
      'in an inline fragment',
      `mutation { ... { ... on Mutation { deleteCluster${input} { id } } } }`,
      ['REPORTER'],
      'ADMIN for deleteCluster, got one with VIEWER, REPORTER',
    ],
    [
      'under another name',
      `mutation { heartbeat: deleteCluster${input} { id } }`,
      ['REPORTER'],
      'ADMIN for deleteCluster, got one with VIEWER, REPORTER',
    ],
    [
      'behind what is allowed',
      `mutation { heartbeat(input: { operationId: "a" }) { leaseExpiresAt } deleteCluster${input} { id } }`,
      ['REPORTER'],
      'ADMIN for deleteCluster, got one with VIEWER, REPORTER',
    ],
    [
      'though it may be left out',
      `mutation ($not: Boolean = false) { __typename deleteCluster${input} @include(if: $not) { id } }`,
      ['REPORTER'],
      'ADMIN for deleteCluster, got one with VIEWER, REPORTER',
    ],
  ])('%s', (_, query, roles, words) => {
    expect(messages({ query }, callerWith(...roles))).toEqual([`expected a caller with the role ${words}`]);
  });

  test('each time it is asked for, and nobody else is', () => {
    for (const roles of [['REPORTER'], ['ADMIN'], ['REPORTER'], ['ADMIN']] as const) {
      expect(messages({ query: deleting }, callerWith(...roles))).toHaveLength(roles[0] === 'ADMIN' ? 0 : 1);
    }
  });

  test('of several operations only the one that is chosen counts', () => {
    const query = `query A { viewer { tenantId } } mutation B { deleteCluster${input} { id } }`;
    expect(messages({ query, operationName: 'A' }, callerWith('VIEWER'))).toEqual([]);
    expect(messages({ query, operationName: 'B' }, callerWith('VIEWER'))).toHaveLength(1);
  });

  test('before it is told what it would cost', () => {
    const dear = '{ clusters(first: 500) { nodes { operations(first: 500) { nodes { id } } } } }';
    expect(messages({ query: dear }, callerWith())).toEqual([expect.stringMatching(/the role VIEWER for clusters/)]);
  });

  test('the schema itself may be read by every caller', () => {
    expect(messages({ query: '{ __typename __schema { queryType { name } } }' }, callerWith())).toEqual([]);
  });
});
