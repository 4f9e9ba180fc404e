import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { type CostLimits, exceeded, messageLimits, pageRows, requestLimits } from './limits.js';
import { type FieldSize, fieldSizes, isConnection } from './sizes.js';

/** What an operation comes to at most, were every list as long as it is asked for or expected to be. */
export type Cost = CostLimits;

export interface Costed {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly operation: OperationDefinitionNode;
  /** As they came: not coerced, and perhaps not what the operation declares. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The cost of a valid operation with its variables; of a subscription, that of one message. Takes time in proportion
 * to the document: each fragment is weighed once, however often it is spread, so that a field selected by two
 * fragments counts twice. What `@skip` and `@include` leave out costs nothing.
 */
export function createCost(schema: GraphQLSchema): (costed: Costed) => Cost {
  const sizes = fieldSizes(schema);
  return (costed) => {
    const root = schema.getRootType(costed.operation.operation) as GraphQLObjectType;
    const { nodes, values, ...rest } = new Weighing(schema, sizes, costed).of(root, costed.operation.selectionSet).each;
    return { nodes: Math.ceil(nodes), values: Math.ceil(values), ...rest };
  };
}

/** Why an operation costs too much, or null. */
export function excessiveCost(cost: Cost, { operation }: OperationDefinitionNode): GraphQLError | null {
  const isMessage = operation === OperationTypeNode.SUBSCRIPTION;
  const limits = isMessage ? messageLimits : requestLimits;
  const over = measures.find((measure) => cost[measure] > limits[measure]);
  if (!over) return null;
  const what = isMessage ? 'a message of a subscription' : 'a request';
  return exceeded(`expected ${what} of at most ${limits[over]} ${words[over]}, got ${cost[over]}: ${instead[over]}`);
}

const measures = ['paged', 'nodes', 'values', 'statements'] as const;
const words: Record<keyof Cost, string> = {
  paged: 'objects in pages',
  nodes: 'objects',
  values: 'values',
  statements: 'statements on the database',
};
const instead: Record<keyof Cost, string> = {
  paged: 'give a smaller first, or read the pages by a query',
  nodes: 'give a smaller first, above all where lists lie within lists, and page with after',
  values: 'select fewer fields, or give a smaller first',
  statements: 'select fewer lists, or send several requests',
};

const nothing: Cost = { nodes: 0, values: 0, statements: 0, paged: 0 };

/** Statements are not multiplied: what the objects of a list ask for is asked for together. */
const times = (n: number, cost: Cost): Cost => ({
  nodes: n * cost.nodes,
  values: n * cost.values,
  statements: cost.statements,
  paged: n * cost.paged,
});

const plus = (a: Cost, b: Cost): Cost => ({
  nodes: a.nodes + b.nodes,
  values: a.values + b.values,
  statements: a.statements + b.statements,
  paged: a.paged + b.paged,
});

/** Of a selection: `each` for every object it is made on; of a page, `row` besides for each of its items. */
interface Weight {
  readonly each: Cost;
  readonly row: Cost;
}

/** A fragment may stand in an interface: what it selects of each type counts, though an object has but one. */
type Fielded = GraphQLObjectType | GraphQLInterfaceType;

class Weighing {
  readonly #schema: GraphQLSchema;
  readonly #sizes: ReadonlyMap<string, FieldSize>;
  readonly #costed: Costed;
  readonly #known = new Map<SelectionSetNode, Weight>();

  constructor(schema: GraphQLSchema, sizes: ReadonlyMap<string, FieldSize>, costed: Costed) {
    this.#schema = schema;
    this.#sizes = sizes;
    this.#costed = costed;
  }

  of(type: Fielded, set: SelectionSetNode): Weight {
    const known = this.#known.get(set);
    if (known) return known;
    let [each, row] = [nothing, nothing];
    const spread = new Set<string>();
    for (const selection of set.selections) {
      if (this.#leavesOut(selection)) continue;
      const weight = this.#selection(type, selection, spread);
      each = plus(each, weight.each);
      row = plus(row, weight.row);
    }
    const weight = { each, row };
    this.#known.set(set, weight);
    return weight;
  }

  #selection(type: Fielded, selection: SelectionNode, spread: Set<string>): Weight {
    if (selection.kind === Kind.FIELD) return this.#field(type, selection);
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return this.of(this.#on(selection.typeCondition) ?? type, selection.selectionSet);
    const name = selection.name.value;
    const fragment = this.#costed.fragments.get(name);
    if (!fragment || spread.has(name)) return { each: nothing, row: nothing };
    spread.add(name);
    return this.of(this.#on(fragment.typeCondition) ?? type, fragment.selectionSet);
  }

  #on(condition: NamedTypeNode | undefined): Fielded | undefined {
    const type = condition && this.#schema.getType(condition.name.value);
    return isObjectType(type) || isInterfaceType(type) ? type : undefined;
  }

  #field(type: Fielded, node: FieldNode): Weight {
    const field = fieldOf(type, node.name.value);
    const size = this.#sizes.get(`${type.name}.${node.name.value}`) ?? single;
    const statements = { ...nothing, statements: size.statements };
    const inner = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !(isObjectType(inner) || isInterfaceType(inner)))
      return { each: { ...statements, values: 1 }, row: nothing };
    const { each, row } = this.of(inner, node.selectionSet);
    const object = plus({ ...nothing, nodes: 1 }, each);
    if (size.items === null) return { each: nothing, row: plus(object, { ...nothing, paged: 1 }) };
    if (size.usual === null) return { each: plus(statements, times(size.items, object)), row: nothing };
    const rows = this.#rows(size.usual, node);
    const all = isConnection(inner.name)
      ? plus(object, times(rows, row))
      : times(rows, plus(object, { ...nothing, paged: 1 }));
    return { each: plus(statements, all), row: nothing };
  }

  /** The page's size. One too large is refused by the field itself, in its own words. */
  #rows(usual: number, node: FieldNode): number {
    const given = ['first', 'last'].map((argument) => {
      const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
      return (value && this.#value(value)) ?? null;
    });
    const value = given.find((value) => value !== null);
    if (value === undefined) return usual;
    // What is no number is refused when the variables are coerced.
    return typeof value === 'number' ? Math.min(Math.max(value, 0), pageRows + 1) : pageRows;
  }

  #leavesOut({ directives }: SelectionNode): boolean {
    return (directives ?? []).some((directive) => {
      const condition = directive.arguments?.find(({ name }) => name.value === 'if')?.value;
      const value = condition && this.#value(condition);
      return directive.name.value === 'skip' ? value === true : directive.name.value === 'include' && value === false;
    });
  }

  /** Of a number or a truth, as it is written, or given as a variable. */
  #value(node: ValueNode): unknown {
    if (node.kind === Kind.INT) return Number(node.value);
    if (node.kind === Kind.BOOLEAN) return node.value;
    if (node.kind !== Kind.VARIABLE) return null;
    const name = node.name.value;
    const given = this.#costed.variables[name];
    if (given !== undefined) return given;
    const definition = this.#costed.operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    return definition?.defaultValue && this.#value(definition.defaultValue);
  }
}

const single: FieldSize = { items: 1, statements: 0, usual: null };

function fieldOf(type: Fielded, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === '__schema') return SchemaMetaFieldDef;
  if (name === '__type') return TypeMetaFieldDef;
  return type.getFields()[name];
}
