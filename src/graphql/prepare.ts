import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { Caller } from '../auth/caller.js';
import { shown } from '../domain/shown.js';
import { Documents, type ValidDocument } from './documents.js';
import { type Cost, createCost, excessiveCost } from './limits/cost.js';
import { documentLimits, exceeded } from './limits/limits.js';
import { excessiveDocument } from './limits/shape.js';
import { excessiveVariables } from './limits/values.js';
import { createPermissions } from './permissions.js';

/** A request as it came, over HTTP or over the socket. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An operation that may be executed, once its variables are coerced. */
export interface CheckedOperation extends ValidDocument {
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  /** Of a subscription, that of one message. */
  readonly cost: Cost;
}

/**
 * An operation that is fit to be executed. `variables` have their defaults and nothing the operation does not
 * declare.
 */
export interface PreparedOperation extends CheckedOperation {
  readonly variables: Readonly<Record<string, unknown>>;
}

export type CheckOperation = (request: OperationRequest, caller: Caller) => CheckedOperation | readonly GraphQLError[];
export type PrepareOperation = (
  request: OperationRequest,
  caller: Caller,
) => PreparedOperation | readonly GraphQLError[];

/** `check` is the same without coercing the variables, for who executes with the variables as they came. */
export type PrepareOrCheck = PrepareOperation & { readonly check: CheckOperation };

/** What is said of a document that the parser cannot follow to its bottom. */
const tooDeep = 'expected a document nested about a thousand levels deep at most, got a deeper one';

/**
 * Prepares operations for execution, the same way for HTTP and the socket: parses, validates, selects the operation,
 * judges whether the caller may do it and what it would cost, and checks the variables. What costs least comes first. The
 * same document is parsed and validated once, and is then the same object. Every error it gives is the caller's.
 */
export function createPrepareOperation(schema: GraphQLSchema): PrepareOrCheck {
  const documents = new Documents();
  const costOf = createCost(schema);
  const forbids = createPermissions(schema);

  const check: CheckOperation = ({ query, operationName, variables: given }, caller) => {
    const variables = given ?? {};
    const excess = excessiveVariables(variables);
    if (excess) return [excess];
    const valid = documents.get(query) ?? parseValid(schema, query, documents);
    if (isErrors(valid)) return valid;
    const operation = getOperationAST(valid.document, operationName);
    if (!operation) return [unselected(valid.document, operationName)];
    const forbidden = forbids({ ...valid, operation }, caller);
    if (forbidden) return [forbidden];
    const cost = costOf({ ...valid, operation, variables });
    const tooDear = excessiveCost(cost, operation);
    if (tooDear) return [tooDear];
    return { ...valid, operation, operationName: operation.name?.value ?? null, cost };
  };

  const prepare: PrepareOperation = (request, caller) => {
    const checked = check(request, caller);
    if (isErrors(checked)) return checked;
    const definitions = checked.operation.variableDefinitions ?? [];
    const values = getVariableValues(schema, definitions, request.variables ?? {}, { maxErrors: 50 });
    return values.errors ?? { ...checked, variables: values.coerced };
  };
  return Object.assign(prepare, { check });
}

/** Whether `prepareOperation`, or a part of it, found fault. */
export const isErrors = <T extends object>(result: T | readonly GraphQLError[]): result is readonly GraphQLError[] =>
  Array.isArray(result);

function parseValid(
  schema: GraphQLSchema,
  text: string,
  documents: Documents,
): ValidDocument | readonly GraphQLError[] {
  const { characters, tokens } = documentLimits;
  if (text.length > characters) {
    return [exceeded(`expected a document of at most ${characters} characters, got ${text.length}: ${byVariables}`)];
  }
  try {
    const document = parse(text, { maxTokens: tokens });
    const excess = excessiveDocument(document);
    if (excess) return [excess];
    const errors = validate(schema, document, undefined, { maxErrors: 50 });
    return errors.length > 0 ? errors : documents.add(text, document);
  } catch (error) {
    if (error instanceof GraphQLError) return [isTooLong(error) ? tooLong(tokens) : error];
    // Parser and validator go down with the document: one that ends the stack is the caller's fault, not the server's.
    if (error instanceof RangeError) return [new GraphQLError(tooDeep)];
    throw error;
  }
}

const byVariables = 'give values as variables, and send a request for each part';

/** The parser's own error has no code. */
const isTooLong = ({ message }: GraphQLError) => /tokens\. Parsing aborted\.$/.test(message);

const tooLong = (tokens: number) =>
  exceeded(`expected a document of at most ${tokens} tokens, got more: ${byVariables}`);

function unselected(document: DocumentNode, operationName: string | null | undefined): GraphQLError {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
  );
  return new GraphQLError(
    `expected operationName to be one of the document's operations (${names.join(', ')}), got ${operationName == null ? 'null' : shown(operationName)}`,
  );
}
