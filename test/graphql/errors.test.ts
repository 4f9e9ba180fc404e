import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import { presentError } from '../../src/graphql/errors.js';
import { DateTime } from '../../src/graphql/scalars.js';

const lines: string[] = [];
const log = pino({}, { write: (line) => lines.push(line) });
const entries = () => lines.map((line) => JSON.parse(line));
beforeEach(() => lines.splice(0));

const schema = makeExecutableSchema({
  typeDefs: 'scalar DateTime type Query { refused: Int broken: Int number: Int when: DateTime! twice(of: Int!): Int }',
  resolvers: {
    DateTime,
    Query: {
      refused: () => {
        throw new Fault('CONFLICT', 'expected one thing, got another');
      },
      broken: () => {
        throw new Error('password=hunter2');
      },
      number: () => 'many',
      when: () => null,
      twice: (_: unknown, { of }: { of: number }) => 2 * of,
    },
  },
});

/** What a caller is shown of the only error in the answer. */
async function shownOf(source: string, variableValues = {}) {
  const { errors = [] } = await graphql({ schema, source, variableValues });
  expect(errors).toHaveLength(1);
  return presentError(errors[0], log);
}

test('a Fault is shown as it is, at its place', async () => {
  expect(await shownOf('{ refused }')).toEqual({
    message: 'expected one thing, got another',
    locations: [{ line: 1, column: 3 }],
    path: ['refused'],
    extensions: { code: 'CONFLICT', retryable: false },
  });
  expect(lines).toEqual([]);
});

test('a Fault from outside any operation is shown too', () => {
  const fault = new Fault('UNAUTHENTICATED', 'expected a token, got none');
  expect(presentError(fault, log)).toEqual({
    message: fault.message,
    extensions: { code: 'UNAUTHENTICATED', retryable: false },
  });
});

test.each([
  ['does not parse', '{', {}],
  ['asks for what is not there', '{ nothing }', {}],
  ['has an argument of the wrong type', '{ twice(of: "two") }', {}],
  ['lacks an argument', '{ twice }', {}],
  ['lacks a variable', 'query ($of: Int!) { twice(of: $of) }', {}],
  ['has a variable of the wrong type', 'query ($of: Int!) { twice(of: $of) }', { of: 'two' }],
  ['gives null where none may be', 'query ($of: Int = 1) { twice(of: $of) }', { of: null }],
])('a request that %s is BAD_USER_INPUT', async (_, source, variables) => {
  const shown = await shownOf(source, variables);
  expect(shown.extensions).toEqual({ code: 'BAD_USER_INPUT', retryable: false });
  expect(shown.message).not.toBe('');
  expect(lines).toEqual([]);
});

test.each([
  ['throws', '{ broken }', 'password=hunter2'],
  ['returns null where none may be', '{ when }', 'Cannot return null'],
  ['returns a value of the wrong type', '{ number }', 'Int cannot represent'],
])('a resolver that %s is INTERNAL: masked, and logged under the id that is shown', async (_, source, cause) => {
  const shown = await shownOf(source);
  expect(shown.extensions).toEqual({ code: 'INTERNAL', retryable: false, errorId: expect.any(String) });
  expect(JSON.stringify(shown)).not.toContain(cause);
  expect(JSON.stringify(shown)).not.toContain('.ts:');
  expect(entries()).toMatchObject([{ level: 50, errorId: shown.extensions?.errorId, path: shown.path }]);
  expect(entries()[0].err.message).toContain(cause);
});
