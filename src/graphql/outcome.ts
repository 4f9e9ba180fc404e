import type { GraphQLFormattedError, OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { fieldsIn } from './permissions.js';
import type { CheckedOperation } from './prepare.js';

/** How an operation ended, in values of which there is a bounded number, but for its name. */
export interface Outcome {
  /** Null of a request that is no valid operation: it has no fields either. */
  readonly type: `${OperationTypeNode}` | null;
  /** As its caller named it. */
  readonly name: string | null;
  /** Each root field once. */
  readonly fields: readonly FieldOutcome[];
  /** Those of all errors, each once. */
  readonly codes: readonly string[];
  /** Under which the server's log has the causes of those that were its own fault. */
  readonly errorIds: readonly string[];
}

export interface FieldOutcome {
  readonly field: string;
  /** Of the first error that concerns it; `OK` when none does. */
  readonly code: string;
}

/** `errors`: as the caller is shown them. `asked`: null when it was refused before it was known to be valid. */
export function outcomeOf(asked: CheckedOperation | null, errors: readonly GraphQLFormattedError[]): Outcome {
  const roots = asked ? rootsOf(asked) : [];
  return {
    type: asked?.operation.operation ?? null,
    name: asked?.operationName ?? null,
    fields: [...new Map(roots.map(({ key, field }) => [field, { field, code: codeFor(key, errors) }])).values()],
    codes: [...new Set(errors.map(codeOf))],
    errorIds: errors.flatMap(({ extensions }) => (extensions?.errorId ? [String(extensions.errorId)] : [])),
  };
}

const codeOf = ({ extensions }: GraphQLFormattedError) => String(extensions?.code ?? 'INTERNAL');

/** An error without a path concerns all of them. */
function codeFor(key: string, errors: readonly GraphQLFormattedError[]): string {
  const error = errors.find(({ path }) => path === undefined || path[0] === key);
  return error ? codeOf(error) : 'OK';
}

interface Root {
  readonly key: string;
  readonly field: string;
}

/** Documents that are asked again are the same objects. */
const known = new WeakMap<OperationDefinitionNode, readonly Root[]>();

function rootsOf({ operation, fragments }: CheckedOperation): readonly Root[] {
  const before = known.get(operation);
  if (before) return before;
  const roots = fieldsIn(operation.selectionSet, fragments, new Set()).map(({ alias, name }) => ({
    key: alias?.value ?? name.value,
    field: name.value,
  }));
  known.set(operation, roots);
  return roots;
}
