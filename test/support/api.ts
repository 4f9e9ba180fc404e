import type { Answered } from '../../src/client/http.js';
import {
  type ClusterFieldsFragment,
  CreateClusterDocument,
  type CreateClusterInput,
  type EventInput,
  type PlannedStepInput,
  ReportEventsDocument,
  type ReportEventsMutation,
  StartOperationDocument,
  type StartOperationInput,
  type StartOperationMutation,
  type StepType,
} from '../../src/generated/client.js';
import type { Answer, Document } from './watch.js';

export { Ended, type Live, open, postBySocket } from './watch.js';

/** Sends a query or a mutation to the server at `url` (`http://127.0.0.1:4000`) and returns the response. */
export async function post<Data, Variables extends object>(
  url: string,
  query: Document<Data, Variables>,
  variables?: Variables,
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: String(query), variables }),
  });
  return (await response.json()) as Answer<Data>;
}

/** The data of an operation that must succeed. */
export async function ok<Data, Variables extends object>(
  url: string,
  query: Document<Data, Variables>,
  variables?: Variables,
): Promise<Answered<Data, Variables>> {
  const { data, errors } = await post(url, query, variables);
  if (errors || !data) throw new Error(`expected data, got ${JSON.stringify(errors)}`);
  return data as Answered<Data, Variables>;
}

/** A new cluster, called `demo` unless said otherwise. */
export async function createCluster(
  url: string,
  input: Partial<CreateClusterInput> = {},
): Promise<ClusterFieldsFragment> {
  return (await ok(url, CreateClusterDocument, { input: { name: 'demo', ...input } })).createCluster.cluster;
}

export type StartedOperation = NonNullable<NonNullable<StartOperationMutation['startOperation']>['operation']>;

/** An operation with these steps; a step given by its name alone has no known total. None given: the declared plan. */
export async function startOperation(
  url: string,
  clusterId: string,
  steps?: readonly (string | PlannedStepInput)[],
  type: StepType = 'CREATING',
  more: Partial<StartOperationInput> = {},
): Promise<StartedOperation> {
  const planned = steps?.map((step) => (typeof step === 'string' ? { stepName: step } : step)) ?? null;
  const input = { clusterId, type, steps: planned, ...more };
  const { operation } = (await ok(url, StartOperationDocument, { input })).startOperation;
  if (!operation) throw new Error('expected an operation, got null: is the event log switched off?');
  return operation;
}

/** An event of its own id: a success of an instance of its own, unless said otherwise. */
export const event = (stepId: string, over: Partial<EventInput> = {}): EventInput => ({
  id: crypto.randomUUID(),
  stepId,
  successful: true,
  instanceId: crypto.randomUUID(),
  ...over,
});

/** Reports events and returns their outcomes, in their order, and the steps that changed. */
export async function report(
  url: string,
  events: readonly EventInput[],
): Promise<NonNullable<ReportEventsMutation['reportEvents']>> {
  return (await ok(url, ReportEventsDocument, { input: { events: [...events] } })).reportEvents;
}
