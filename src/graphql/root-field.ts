import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { PreparedOperation } from './prepare.js';

/** The root field of a subscription: validation has seen that there is one, be it in a fragment. Undefined when it is skipped. */
export function rootField({ document, operation, variables }: PreparedOperation): FieldNode | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const find = ({ selections }: SelectionSetNode): FieldNode | undefined => {
    for (const selection of selections) {
      if (!isIncluded(selection, variables)) continue;
      const found = selection.kind === Kind.FIELD ? selection : findWithin(selection);
      if (found) return found;
    }
    return undefined;
  };
  const findWithin = (selection: Exclude<SelectionNode, FieldNode>) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return find(selection.selectionSet);
    const fragment = fragments.get(selection.name.value);
    return fragment && find(fragment.selectionSet);
  };
  return find(operation.selectionSet);
}

function isIncluded(node: SelectionNode, variables: PreparedOperation['variables']): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
}
