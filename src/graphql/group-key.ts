import { type DocumentNode, Kind, type OperationDefinitionNode, visit } from 'graphql';
import type { Caller } from '../auth/caller.js';
import type { PreparedOperation } from './prepare.js';

/**
 * Subscribers with the same key get the same bytes, so it holds all that a message may depend on: the document, the
 * variables, and the whole caller. Where each began, its `after`, makes no difference to them.
 */
export function groupKey(
  { document, operation, variables }: Pick<PreparedOperation, 'document' | 'operation' | 'variables'>,
  caller: Caller,
): string {
  const own = variableOfAfter(document, operation);
  const shared = Object.entries(variables).filter(([name]) => name !== own);
  return text([numberOf(document), operation.name?.value, caller, Object.fromEntries(shared)]);
}

/** The same text only for equal values; the order of an object's fields makes no difference. */
function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (typeof value === 'object' && value !== null) return textOfFields(value);
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`;
}

function textOfFields(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw new TypeError(`expected a plain object in a caller or in variables, got a ${prototype.constructor?.name}`);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${text(field)}`).join()}}`;
}

/** Prepared documents are the same object for the same text: a number stands for each. */
function numberOf(document: DocumentNode): number {
  const known = numbers.get(document);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(document, lastNumber);
  return lastNumber;
}
const numbers = new WeakMap<DocumentNode, number>();
let lastNumber = 0;

/** The variable that gives the root field's `after`, if it gives nothing else. */
function variableOfAfter(document: DocumentNode, operation: OperationDefinitionNode): string | undefined {
  const known = afters.get(operation);
  if (known) return known.name;
  const field = operation.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD);
  const value = field?.arguments?.find((argument) => argument.name.value === 'after')?.value;
  const name = value?.kind === Kind.VARIABLE ? value.name.value : undefined;
  const found = name !== undefined && uses(document, name) === 2 ? name : undefined;
  afters.set(operation, { name: found });
  return found;
}
const afters = new WeakMap<OperationDefinitionNode, { name: string | undefined }>();

/** How often a variable is named in a document, its definition included. */
function uses(document: DocumentNode, name: string): number {
  let count = 0;
  visit(document, {
    enter(node) {
      if (node.kind === Kind.VARIABLE && node.name.value === name) count += 1;
    },
  });
  return count;
}
