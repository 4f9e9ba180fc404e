import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { Log } from '../domain/ports.js';
import { Following } from '../fanout/following.js';
import type { Port, Reader } from '../fanout/group.js';
import type { ClusterProgress } from '../fanout/progress.js';
import type { Caller } from './caller.js';
import { type Context, createContext, type Services } from './context.js';
import { presentError } from './errors.js';
import type { PreparedOperation } from './prepare.js';

export interface Subscription {
  /** Begins to send to the port. */
  join(port: Port): Reader;
  /** Lets go of what is followed. */
  release(): void;
}

export interface FollowOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Log;
}

/**
 * Opens a subscription. Messages are executed once for all readers who sent the same document with the same variables
 * and are the same to its resolvers, each with loaders of its own: what they remember is never older than the message.
 */
export async function follow(
  options: FollowOptions,
  prepared: PreparedOperation,
  caller: Caller,
): Promise<Subscription | readonly GraphQLError[]> {
  const { schema, services } = options;
  const args = {
    schema,
    document: prepared.document,
    operationName: prepared.operationName,
    variableValues: prepared.variables,
  };
  const source = await createSourceEventStream({ ...args, contextValue: createContext(services, caller) });
  if (!(source instanceof Following)) return (source as { errors: readonly GraphQLError[] }).errors;

  const render = async (payload: object) => {
    const result = await execute({
      ...args,
      rootValue: payload,
      contextValue: messageContext(services, caller, payload),
    });
    const errors = result.errors?.map((error) => presentError(error, options.log));
    return Buffer.from(JSON.stringify(errors ? { ...result, errors } : result));
  };
  return { join: (port: Port) => source.join(groupKey(prepared, caller), render, port), release: source.release };
}

/** What is in memory need not be read again. */
function messageContext(services: Services, caller: Caller, payload: object): Context {
  const context = createContext(services, caller);
  if ('whole' in payload) prime(context, payload as ClusterProgress);
  return context;
}

function prime({ loaders }: Context, { cluster, whole: { operations, steps } }: ClusterProgress): void {
  const newest = operations.at(-1);
  loaders.cluster.prime(cluster.id, cluster);
  loaders.stepsOfCluster.prime(cluster.id, steps);
  loaders.runningOperation.prime(cluster.id, newest?.state === 'RUNNING' ? newest : null);
  loaders.currentSteps.prime(
    cluster.id,
    steps.filter((step) => step.operationId === newest?.id),
  );
  for (const { id } of operations)
    loaders.stepsOfOperation.prime(
      id,
      steps.filter((step) => step.operationId === id),
    );
}

/** Two readers with the same key get the same bytes. Where each began, its `after`, makes no difference to them. */
function groupKey({ document, operation, variables }: PreparedOperation, caller: Caller): string {
  const own = variableOfAfter(document, operation);
  const shared = Object.entries(variables).filter(([name]) => name !== own);
  return JSON.stringify([documentNumber(document), operation.name?.value, caller.roles, shared]);
}

/** Prepared documents are the same object for the same text: a number stands for each. */
function documentNumber(document: DocumentNode): number {
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
  const field = operation.selectionSet.selections.find((selection) => selection.kind === 'Field');
  const value = field?.arguments?.find((argument) => argument.name.value === 'after')?.value;
  const name = value?.kind === 'Variable' ? value.name.value : undefined;
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
