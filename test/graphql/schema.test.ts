import { readFileSync } from 'node:fs';
import {
  type ASTNode,
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLEnumType,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  parse,
  visit,
} from 'graphql';
import { expect, test } from 'vitest';
import { rolesWithImplied } from '../../src/auth/caller.js';
import { codes } from '../../src/domain/errors.js';
import { guardRootFields, roleOf } from '../../src/graphql/permissions.js';
import { loadSchema } from '../../src/graphql/schema.js';

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

const described = [
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.FIELD_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
];

/** The path of every definition that has no description. */
function undescribed(sdl: string): string[] {
  const missing: string[] = [];
  const path: string[] = [];
  visit(parse(sdl), {
    enter(node: ASTNode) {
      if (!(described as string[]).includes(node.kind) || !('name' in node)) return;
      path.push(node.name?.value ?? '');
      if (!('description' in node) || !node.description?.value) missing.push(path.join('.'));
    },
    leave(node: ASTNode) {
      if ((described as string[]).includes(node.kind)) path.pop();
    },
  });
  return missing;
}

test('every type, field, argument and value is described', () => {
  expect(undescribed(text('../../schema.graphql'))).toEqual([]);
});

test('what is not described is found', () => {
  expect(undescribed('"q" type Query { "a" a("i" i: Int, j: Int): Int b: Int } enum E { V }')).toEqual([
    'Query.a.j',
    'Query.b',
    'E',
    'E.V',
  ]);
});

test('the schema takes away nothing that callers rely on', () => {
  const contract = buildSchema(text('./contract.graphql'));
  expect(findBreakingChanges(contract, loadSchema())).toEqual([]);
  expect(findDangerousChanges(contract, loadSchema())).toEqual([]);
});

test('the error codes callers see are those of the domain', () => {
  const errorCode = loadSchema().getType('ErrorCode') as GraphQLEnumType;
  expect(errorCode.getValues().map((value) => value.name)).toEqual([...codes]);
});

const rootFields = (schema: GraphQLSchema) =>
  Object.values(OperationTypeNode).flatMap((operation) =>
    Object.values(schema.getRootType(operation)?.getFields() ?? {}),
  );

test('no root field requires more than callers rely on', () => {
  const schema = loadSchema();
  const now = new Map(rootFields(schema).map((field) => [field.name, roleOf(schema, field)]));
  const contract = buildSchema(text('./contract.graphql'));
  const dearer = rootFields(contract).filter((field) => {
    const required = now.get(field.name);
    return required && !rolesWithImplied([roleOf(contract, field)]).includes(required);
  });
  expect(dearer).toEqual([]);
  expect(now.size).toBeGreaterThan(20);
});

test('a root field that does not say who may use it is none that is served', () => {
  const directive = 'enum Role { VIEWER } directive @requires(role: Role!) on FIELD_DEFINITION';
  const guarded = (fields: string) => guardRootFields(buildSchema(`${directive} type Query { ${fields} }`));
  expect(() => guarded('a: Int @requires(role: VIEWER) b: Int')).toThrow(
    'expected the root field b to have @requires(role: …), got none',
  );
  expect(() => guarded('a: Int @requires(role: VIEWER)')).not.toThrow();
});

test('A2: a root field judges its caller even if the operation was not prepared', async () => {
  const schema = loadSchema();
  for (const field of rootFields(schema)) {
    const info = {} as never;
    const resolve = async () => field.resolve?.({}, {}, { caller: { tenantId: 'a', roles: [] } }, info);
    await expect(resolve(), field.name).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});
