import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  OperationTypeNode,
} from 'graphql';
import type { Role } from '../../src/auth/caller.js';
import { roleOf } from '../../src/graphql/permissions.js';

/** What an operation may name of what is there. */
export interface Named {
  readonly cluster: string;
  readonly operation: string;
  readonly step: string;
  readonly errorId: string;
  readonly name: string;
}

/** An operation that has one root field. */
export interface RootOperation {
  readonly field: string;
  readonly role: Role;
  readonly kind: OperationTypeNode;
  /** The document, naming these. */
  readonly document: (named: Named) => string;
}

/** One operation for each root field of the schema, whichever there are, with whatever arguments it needs. */
export function rootOperations(schema: GraphQLSchema): RootOperation[] {
  return Object.values(OperationTypeNode).flatMap((kind) =>
    Object.values(schema.getRootType(kind)?.getFields() ?? {}).map((field) => ({
      field: field.name,
      role: roleOf(schema, field),
      kind,
      document: (named) => {
        return `${kind} { ${field.name}${argumentsOf(field.args, named)} ${selection(field.type, levels[kind])} }`;
      },
    })),
  );
}

/** Levels of objects that are selected: as many as limits allow; none of a payload, which is not the same each time. */
const levels: Record<OperationTypeNode, number> = { query: 3, subscription: 2, mutation: 0 };

function argumentsOf(args: readonly GraphQLArgument[], named: Named): string {
  const given = args
    .filter((arg) => isRequiredArgument(arg) || getNamedType(arg.type).name === 'ID')
    .map((arg) => `${arg.name}: ${literal(arg, arg.type, named)}`);
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

function literal(of: GraphQLArgument | GraphQLInputField, type: GraphQLInputType, named: Named): string {
  if (isNonNullType(type)) return literal(of, type.ofType, named);
  if (isListType(type)) return `[${literal(of, type.ofType, named)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name as string;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${literal(field, field.type, named)}`).join(', ')} }`;
  }
  return scalars[type.name]?.(of.name, named) ?? unknownScalar(type.name);
}

const scalars: Record<string, (name: string, named: Named) => string> = {
  ID: (name, { cluster, operation, step }) =>
    JSON.stringify(/^step/.test(name) ? step : /^operation/.test(name) ? operation : cluster),
  String: (name, { errorId, name: given }) => JSON.stringify(name === 'errorId' ? errorId : given),
  Int: () => '1',
  Boolean: () => 'true',
  DateTime: () => '"2026-01-01T00:00:00Z"',
};

function unknownScalar(name: string): never {
  throw new Error(`expected a scalar of which a value is known, got ${name}`);
}

/** All that may be selected without arguments, down to so many levels of objects. */
function selection(type: GraphQLOutputType, levels: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (levels === 0 || !(isObjectType(named) || isInterfaceType(named))) return '{ __typename }';
  const fields = Object.values(named.getFields())
    .filter(({ args, type }) => !args.some(isRequiredArgument) && (levels > 1 || isLeafType(getNamedType(type))))
    .map((field) => `${field.name} ${selection(field.type, levels - 1)}`);
  return `{ __typename ${fields.join(' ')} }`;
}
