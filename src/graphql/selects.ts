import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

type Fragments = GraphQLResolveInfo['fragments'];

/**
 * Whether anything beneath a field selects the field of this name; one that is left out by `@skip` counts. Depends on
 * the document alone, and is remembered with it.
 */
export const selects = (name: string, { fieldNodes, fragments }: GraphQLResolveInfo): boolean =>
  fieldNodes.some((node) => remembered(name, node, fragments));

function remembered(name: string, node: FieldNode, fragments: Fragments): boolean {
  const answers = known.get(node) ?? new Map<string, boolean>();
  known.set(node, answers);
  const answer = answers.get(name) ?? within(name, node.selectionSet, fragments, new Set());
  answers.set(name, answer);
  return answer;
}
const known = new WeakMap<FieldNode, Map<string, boolean>>();

function within(name: string, set: SelectionSetNode | undefined, fragments: Fragments, seen: Set<string>): boolean {
  return (set?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FIELD && selection.name.value === name) return true;
    if (selection.kind !== Kind.FRAGMENT_SPREAD) return within(name, selection.selectionSet, fragments, seen);
    const fragment = selection.name.value;
    if (seen.has(fragment)) return false;
    seen.add(fragment);
    return within(name, fragments[fragment]?.selectionSet, fragments, seen);
  });
}
