import {
  type ASTNode,
  defaultFieldResolver,
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getDirectiveValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import type { Caller, Role } from '../auth/caller.js';
import { expectRole, refusalFor } from '../auth/permission.js';
import type { Context } from './context.js';
import type { ValidDocument } from './documents.js';

type RootField = GraphQLField<unknown, Context>;

/** The role that a root field requires by the schema. Throws when the schema does not say. */
export function roleOf(schema: GraphQLSchema, { name, astNode }: Pick<RootField, 'name' | 'astNode'>): Role {
  const directive = schema.getDirective('requires');
  const values = directive && astNode && getDirectiveValues(directive, astNode);
  if (!values) throw new Error(`expected the root field ${name} to have @requires(role: …), got none`);
  return values.role as Role;
}

/** Has every root field judge its caller itself, so that no way to it is open. Throws when the schema does not say by what. */
export function guardRootFields(schema: GraphQLSchema): GraphQLSchema {
  for (const operation of Object.values(OperationTypeNode)) {
    for (const field of rootFields(schema, operation)) guard(field, roleOf(schema, field));
  }
  return schema;
}

function guard(field: RootField, role: Role): void {
  const { name, resolve = defaultFieldResolver } = field;
  field.resolve = (source, args, context, info) => {
    expectRole(context.caller, role, name);
    return resolve(source, args, context, info);
  };
}

const rootFields = (schema: GraphQLSchema, operation: OperationTypeNode): readonly RootField[] =>
  Object.values(schema.getRootType(operation)?.getFields() ?? {});

export interface Asked extends ValidDocument {
  readonly operation: OperationDefinitionNode;
}

/**
 * Judges valid operations by their root fields, also those that `@skip` may leave out. What an operation takes is found
 * once and remembered with it.
 */
export function createPermissions(schema: GraphQLSchema): (asked: Asked, caller: Caller) => GraphQLError | null {
  const roles = new Map(
    Object.values(OperationTypeNode).map((operation) => [
      operation,
      new Map(rootFields(schema, operation).map((field) => [field.name, roleOf(schema, field)])),
    ]),
  );
  const known = new WeakMap<ASTNode, readonly Use[]>();

  const usesOf = ({ operation, fragments }: Asked): readonly Use[] => {
    const uses = known.get(operation) ?? firstOfEach(fieldsIn(operation.selectionSet, fragments, new Set()), operation);
    known.set(operation, uses);
    return uses;
  };
  /** One field of each role, and none of what asks for the schema itself. */
  const firstOfEach = (fields: readonly FieldNode[], { operation }: OperationDefinitionNode): readonly Use[] => {
    const uses = new Map<Role, FieldNode>();
    for (const field of fields) {
      const role = roles.get(operation)?.get(field.name.value);
      if (role && !uses.has(role)) uses.set(role, field);
    }
    return [...uses].map(([role, field]) => ({ role, field }));
  };

  return (asked, caller) => {
    for (const { role, field } of usesOf(asked)) {
      const refusal = refusalFor(caller, role, field.name.value);
      if (refusal) return new GraphQLError(refusal.message, { nodes: field, originalError: refusal });
    }
    return null;
  };
}

interface Use {
  readonly role: Role;
  readonly field: FieldNode;
}

/** The fields of a selection and of the fragments in it, each fragment's once. */
export function fieldsIn(
  { selections }: SelectionSetNode,
  fragments: ValidDocument['fragments'],
  seen: Set<string>,
): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet, fragments, seen);
    const fragment = fragments.get(selection.name.value);
    if (!fragment || seen.has(fragment.name.value)) return [];
    seen.add(fragment.name.value);
    return fieldsIn(fragment.selectionSet, fragments, seen);
  });
}
