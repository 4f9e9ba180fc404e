import { GraphQLError } from 'graphql';
import { Fault } from '../../domain/errors.js';
import { pageLimits } from '../../domain/queries.js';

/** What the text of a document may come to, judged before it is validated: parsing stops at the first of them. */
export const documentLimits = {
  characters: 256 * 1024,
  tokens: 2_000,
  /** Fields, one within the other. */
  depth: 12,
  /** Within `__schema` and `__type`: the usual tools ask for types of types of types. */
  introspectionDepth: 24,
  aliases: 100,
  rootFields: 50,
  directives: 50,
  fragments: 100,
  /** Fields of a selection that has a field of the same name in the answer already: each pair of them is compared. */
  repeats: 50,
} as const;

/** What variables may come to, judged before they are coerced. `listItems` is of each list, `values` of all together. */
export const variableLimits = { depth: 32, listItems: 1_000, values: 100_000 } as const;

/** What an operation may cost by its document and its variables, judged before it is executed. */
export interface CostLimits {
  /** Objects in the answer. */
  readonly nodes: number;
  /** Fields in the answer that have no fields of their own. */
  readonly values: number;
  /** Statements on the database. */
  readonly statements: number;
  /** Nodes in pages read from the database. */
  readonly paged: number;
}

export const requestLimits: CostLimits = { nodes: 10_000, values: 100_000, statements: 200, paged: 10_000 };

/** Of each message of a subscription, of which there may be ten a second. */
export const messageLimits: CostLimits = { nodes: 1_000, values: 10_000, statements: 20, paged: 50 };

/**
 * What one request may come to while it is executed: rows read, texts read (`eventInfo`), and texts answered
 * (`eventInfo`, `statusDescription`; the same text may be answered under several aliases), both in bytes.
 */
export const readLimits = {
  rows: 20_000,
  pageBytes: pageLimits.bytes,
  readBytes: 16 * 1024 * 1024,
  answeredBytes: 8 * 1024 * 1024,
  /** Statements of one request on the database at a time. */
  statements: 4,
} as const;

/** Rows in a page, at most. */
export const pageRows = pageLimits.rows;

/** Rows in a page that is asked for without `first` and `last`, by field: its description says so. */
const usualPages: Readonly<Record<string, number>> = {
  'Query.clusters': 50,
  'Cluster.operations': 20,
  'ClusterOperation.errorGroups': 20,
  'ClusterProvisionStep.errorGroups': 20,
  'Query.stepHistory': 20,
};

export const usualPage = (typeName: string, fieldName: string): number => usualPages[`${typeName}.${fieldName}`] ?? 100;

/** An error with LIMIT_EXCEEDED. */
export const exceeded = (message: string): GraphQLError =>
  new GraphQLError(message, { originalError: new Fault('LIMIT_EXCEEDED', message) });
