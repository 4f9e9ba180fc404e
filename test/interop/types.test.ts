import { type GraphQLObjectType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { answers } from '../../examples/clients/relay.js';
import { keys } from '../../examples/clients/urql.js';
import { loadSchema } from '../../src/graphql/schema.js';

const types = Object.values(loadSchema().getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);
const hasId = (type: GraphQLObjectType) => 'id' in type.getFields();
const names = (some: readonly GraphQLObjectType[]) => some.map(({ name }) => name).sort();

test('urql’s example names all types without an id but those of which graphcache knows by their names', () => {
  const known = /^(Query|Mutation|Subscription|PageInfo|.*(Payload|Connection|Edge))$/;
  expect(Object.keys(keys).sort()).toEqual(names(types.filter((type) => !hasId(type) && !known.test(type.name))));
});

test('Relay’s example names all types whose id is that of another object', () => {
  const own = ['Viewer', 'ErrorGroup'];
  const isNode = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Node');
  const others = types.filter((type) => hasId(type) && !isNode(type) && !own.includes(type.name));
  expect([...answers].sort()).toEqual(names(others));
});
