import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { exceeded, documentLimits as limits } from './limits.js';

/**
 * Why a document is more than is executed, or null. It need only be parsed, not valid: some rules of validation take
 * time that grows with the square of what is counted here. Each fragment is measured once, however often it is spread.
 */
export function excessiveDocument(document: DocumentNode): GraphQLError | null {
  const counts = count(document);
  if (counts.aliases > limits.aliases)
    return tooMany('aliases', limits.aliases, counts.aliases, 'send a request for each part');
  if (counts.directives > limits.directives) {
    return tooMany('directives', limits.directives, counts.directives, 'leave out fields instead of skipping them');
  }
  if (counts.fragments.size > limits.fragments) {
    return tooMany('fragments', limits.fragments, counts.fragments.size, 'send only those that are spread');
  }
  if (counts.repeats > limits.repeats) {
    return tooMany('fields selected again', limits.repeats, counts.repeats, 'select each once');
  }
  const shape = new Shape(counts.fragments);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, introspection, fields } = shape.of(definition.selectionSet);
    if (fields > limits.rootFields) return tooMany('root fields', limits.rootFields, fields, 'send several requests');
    if (depth > limits.depth)
      return tooMany('levels of fields', limits.depth, depth, 'ask for what lies deeper by its id');
    if (introspection > limits.introspectionDepth) {
      return tooMany('levels of introspection', limits.introspectionDepth, introspection, 'ask for the types by name');
    }
  }
  return null;
}

const tooMany = (what: string, most: number, got: number, instead: string) =>
  exceeded(`expected at most ${most} ${what} in a document, got ${got}: ${instead}`);

function count(document: DocumentNode) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let aliases = 0;
  let directives = 0;
  let repeats = 0;
  visit(document, {
    enter(node, _key, parent) {
      if (node.kind === Kind.FIELD && node.alias) aliases += 1;
      else if (node.kind === Kind.DIRECTIVE) directives += 1;
      else if (node.kind === Kind.SELECTION_SET && !isInline(parent)) repeats += repeatsOf(node);
      else if (node.kind === Kind.FRAGMENT_DEFINITION) {
        // The same name twice is for validation to refuse; here both count.
        const name = node.name.value;
        fragments.set(fragments.has(name) ? `${name} ${fragments.size}` : name, node);
      }
    },
  });
  return { aliases, directives, fragments, repeats };
}

const isInline = (parent: unknown) => (parent as { kind?: string } | undefined)?.kind === Kind.INLINE_FRAGMENT;

/** Of one selection, inline fragments included. */
function repeatsOf(selections: SelectionSetNode): number {
  const names = new Set<string>();
  let fields = 0;
  const add = (set: SelectionSetNode) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) add(selection.selectionSet);
      else if (selection.kind === Kind.FIELD) {
        fields += 1;
        names.add(selection.alias?.value ?? selection.name.value);
      }
    }
  };
  add(selections);
  return fields - names.size;
}

interface Measure {
  readonly depth: number;
  readonly introspection: number;
  /** Of the selection itself, those in fragments included. */
  readonly fields: number;
}

const none: Measure = { depth: 0, introspection: 0, fields: 0 };

class Shape {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<SelectionSetNode, Measure>();

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
  }

  of(selections: SelectionSetNode | undefined): Measure {
    if (!selections) return none;
    const known = this.#known.get(selections);
    if (known) return known;
    // A fragment that leads back to itself is for validation to refuse: here it ends.
    this.#known.set(selections, none);
    let { depth, introspection, fields } = none;
    for (const selection of selections.selections) {
      const inner = this.of(
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.#fragments.get(selection.name.value)?.selectionSet
          : selection.selectionSet,
      );
      if (selection.kind !== Kind.FIELD) {
        depth = Math.max(depth, inner.depth);
        introspection = Math.max(introspection, inner.introspection);
        fields += inner.fields;
        continue;
      }
      fields += 1;
      if (selection.name.value.startsWith('__')) introspection = Math.max(introspection, inner.depth + 1);
      else {
        depth = Math.max(depth, inner.depth + 1);
        introspection = Math.max(introspection, inner.introspection && inner.introspection + 1);
      }
    }
    const measure = { depth, introspection, fields };
    this.#known.set(selections, measure);
    return measure;
  }
}
