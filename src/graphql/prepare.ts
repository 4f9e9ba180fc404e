import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type ParseOptions,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';

/** A request as it came, over HTTP or over the socket. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * An operation that is fit to be executed. `variables` have their defaults and nothing the operation does not
 * declare.
 */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type PrepareOperation = (request: OperationRequest) => PreparedOperation | readonly GraphQLError[];

/** How documents are read, here and by Apollo. Tokens: enough for some hundred events written out in the document. */
export const parseOptions: ParseOptions = { maxTokens: 10_000 };

/** What is said of a document that the parser cannot follow to its bottom. */
export const tooDeep = 'expected a document nested about a thousand levels deep at most, got a deeper one';

/** Characters of documents that are kept, parsed and validated; the least used go first. */
const kept = 500_000;

/**
 * Prepares operations for execution: parses, validates, selects the operation, and checks the variables. The same
 * document is parsed and validated once, and is then the same object. Every error it gives is the caller's.
 */
export function createPrepareOperation(schema: GraphQLSchema): PrepareOperation {
  const documents = new LRUCache<string, DocumentNode>({ maxSize: kept, sizeCalculation: (_, text) => text.length });
  return ({ query, operationName, variables }) => {
    const document = documents.get(query) ?? parseValid(schema, query);
    if (isErrors(document)) return document;
    documents.set(query, document);
    const operation = getOperationAST(document, operationName);
    if (!operation) return [unselected(document, operationName)];
    const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 50 });
    if (values.errors) return values.errors;
    return { document, operation, operationName: operation.name?.value ?? null, variables: values.coerced };
  };
}

/** Whether `prepareOperation`, or a part of it, found fault. */
export const isErrors = <T extends object>(result: T | readonly GraphQLError[]): result is readonly GraphQLError[] =>
  Array.isArray(result);

function parseValid(schema: GraphQLSchema, text: string): DocumentNode | readonly GraphQLError[] {
  try {
    const document = parse(text, parseOptions);
    const errors = validate(schema, document);
    return errors.length > 0 ? errors : document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    // Parser and validator go down with the document: one that ends the stack is the caller's fault, not the server's.
    if (error instanceof RangeError) return [new GraphQLError(tooDeep)];
    throw error;
  }
}

function unselected(document: DocumentNode, operationName: string | null | undefined): GraphQLError {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
  );
  return new GraphQLError(
    `expected operationName to be one of the document's operations (${names.join(', ')}), got ${JSON.stringify(operationName ?? null)}`,
  );
}
